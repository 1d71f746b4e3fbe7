import type { LlamaContextSequence, Token } from 'node-llama-cpp';

type UsedBySequencePool = Pick<
  LlamaContextSequence,
  'nextTokenIndex' | 'clearHistory' | 'eraseContextTokenRanges' | 'compareContextTokens'
>;

/** A llama.cpp sequence without llama.cpp: a list of tokens. */
export class FakeSequence implements UsedBySequencePool {
  tokens: Token[] = [];
  readonly log: string[] = [];
  /** A sliding-window model forgets more than it is asked to: erasing goes back to a multiple of this. */
  granularity = 1;

  get nextTokenIndex(): number {
    return this.tokens.length;
  }

  readonly clearHistory = (): Promise<void> => {
    this.log.push('clear');
    this.tokens = [];
    return Promise.resolve();
  };

  readonly eraseContextTokenRanges = (
    ranges: readonly { readonly start: number; readonly end: number }[],
  ): Promise<void> => {
    for (const { start, end } of ranges) {
      if (end !== this.tokens.length) throw new Error('only the end is ever erased');
      const from = start - (start % this.granularity);
      this.log.push(`erase from ${String(start)}`);
      this.tokens = this.tokens.slice(0, from);
    }
    return Promise.resolve();
  };

  readonly compareContextTokens = (tokens: readonly Token[]): { firstDifferentIndex: number } => {
    const different = this.tokens.findIndex((token, index) => token !== tokens[index]);
    return { firstDifferentIndex: different === -1 ? this.tokens.length : different };
  };

  /** What evaluating a prompt leaves behind. */
  evaluate(tokens: readonly Token[]): void {
    this.tokens = [...tokens];
  }

  /** The pool uses no more of a sequence than this class has. */
  asSequence(): LlamaContextSequence {
    return this as unknown as LlamaContextSequence;
  }
}

/** Each character a token. */
export function tokensOf(text: string): Token[] {
  return [...text].map((character) => character.codePointAt(0) as Token);
}
