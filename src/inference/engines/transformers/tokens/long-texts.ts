import type { Preparation } from '../../text/preparation/preparations.js';
import { LONG_TEXT, SlicedTokenizer, TokenLimitError } from '../../text/preparation/sliced-tokenizer.js';
import { patternOf } from '../../text/preparation/special-text-mask.js';
import { TextSlicer } from '../../text/preparation/text-slices.js';

/** Texts that are cut in each of the places where slices end. */
const WORDS = ['ab', ' cd ef', 'An', ' Apple a day'] as const;
const LINES = ['ab\n', 'cd ef', 'An.\n', 'Apple a day'] as const;
/** Tokens by which the slices of a text may have more than the text itself, for each slice. */
const SLACK = 2;

/** Tokenises texts with a tokenizer that reads a text as a whole, in slices where that gives the same tokens. */
export class LongTexts {
  private readonly sliced: SlicedTokenizer<number> | null;
  private readonly slicer = new TextSlicer({ specials: null, wholeTexts: [], beforeWords: true, afterLines: true });

  /** @param encode Synchronous, and without anything around the text. */
  constructor(
    readonly encode: (text: string) => number[],
    specialTexts: readonly string[],
  ) {
    const beforeWords = this.keepsTokens(WORDS);
    const afterLines = this.keepsTokens(LINES);
    const rules = { specials: patternOf(specialTexts), wholeTexts: specialTexts, beforeWords, afterLines };
    this.sliced = beforeWords ? new SlicedTokenizer((text) => encode(text), rules) : null;
  }

  /** Throws `cancelled`, and {@link TokenLimitError} for long texts of more than `limit` tokens together. */
  async read(texts: readonly string[], preparation: Preparation, limit = Infinity): Promise<number[]> {
    if (this.sliced !== null) {
      const segments = texts.map((text) => ({ text, special: true }));
      return this.sliced.tokens(segments, preparation, limit);
    }
    const tokens: number[] = [];
    for (const text of texts) {
      await this.refuseLong(text, preparation, limit - tokens.length);
      for (const token of this.encode(text)) tokens.push(token);
      await preparation.pause();
    }
    return tokens;
  }

  /** Throws {@link TokenLimitError} for a long text that has more than `limit` tokens, as its slices tell. */
  async refuseLong(text: string, preparation: Preparation, limit: number): Promise<void> {
    if (text.length <= LONG_TEXT || limit === Infinity) return;
    let least = 0;
    for (const slice of this.slicer.slices(text, false)) {
      least += Math.max(0, this.encode(slice).length - SLACK);
      if (least > limit) throw new TokenLimitError(least);
      await preparation.pause();
    }
  }

  private keepsTokens(parts: readonly string[]): boolean {
    return parts.every((part, at) => {
      const next = parts[at + 1];
      if (at % 2 === 1 || next === undefined) return true;
      const apart = [...this.encode(part), ...this.encode(next)];
      return String(apart) === String(this.encode(part + next));
    });
  }
}
