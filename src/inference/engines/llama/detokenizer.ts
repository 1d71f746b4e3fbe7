import type { LlamaModel, Token } from 'node-llama-cpp';

const REPLACEMENT = '\uFFFD';
/** A UTF-8 character has at most four bytes, so byte-fallback tokens that decode to nothing by then never will. */
const MAX_BYTES = 4;
/** Tokens of context that decide whether a piece begins with a space. */
const LOOK_BACK = 8;

/** Turns tokens into text one by one, never splitting a UTF-8 character. */
export class Detokenizer {
  private pending: Token[] = [];
  private last: Token[];

  constructor(
    private readonly model: Pick<LlamaModel, 'detokenize'>,
    promptTokens: readonly Token[],
  ) {
    this.last = promptTokens.slice(-LOOK_BACK);
  }

  /** Text that the token completes; empty while a character is still incomplete. */
  push(token: Token): string {
    this.pending.push(token);
    const text = this.model.detokenize(this.pending, false, this.last);
    if (text.endsWith(REPLACEMENT) && this.pending.length < MAX_BYTES) return '';
    this.last = [...this.last, ...this.pending].slice(-LOOK_BACK);
    this.pending = [];
    return text;
  }
}
