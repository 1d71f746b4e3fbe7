/** Characters of a slice: small enough for tokenizers that take quadratic time, or recurse, over some texts. */
export const MAX_SLICE_LENGTH = 8192;
/** A cut that changes no token is looked for between this and {@link MAX_SLICE_LENGTH}. */
const MIN_SLICE_LENGTH = 2048;

const LETTER = /\p{L}/u;
const BLANK = /\s/;

/** Places where a vocabulary lets a text be cut without a change of its tokens. */
export interface SliceRules {
  /** Matches the texts that are special tokens in text that may have such; null: there are none. */
  readonly specials: RegExp | null;
  /** Texts that the tokenizer takes out before all others, wherever they stand. */
  readonly wholeTexts: readonly string[];
  /** True when no token spans a letter and the blank after it. */
  readonly beforeWords: boolean;
  /** True when no token spans the end of a line and the next line. */
  readonly afterLines: boolean;
}

/** Cuts texts into slices of at most {@link MAX_SLICE_LENGTH} characters. */
export class TextSlicer {
  private readonly wholeByStart = new Map<string, string[]>();
  private readonly longestWhole: number;

  constructor(private readonly rules: SliceRules) {
    let longest = 0;
    for (const text of rules.wholeTexts) {
      longest = Math.max(longest, text.length);
      const first = text.charAt(0);
      const others = this.wholeByStart.get(first);
      if (others === undefined) this.wholeByStart.set(first, [text]);
      else others.push(text);
    }
    this.longestWhole = longest;
  }

  /**
   * The slices of a text, in order. Where no safe place is near, as in a word of 10,000 letters, it is cut all the same,
   * and the tokens beside the cut may differ from those of the whole.
   * @param special Whether special texts in it are special tokens.
   */
  *slices(text: string, special: boolean): Generator<string, void> {
    let start = 0;
    while (text.length - start > MAX_SLICE_LENGTH) {
      const end = this.cut(text, start, special);
      yield text.slice(start, end);
      start = end;
    }
    if (start < text.length) yield text.slice(start);
  }

  private cut(text: string, start: number, special: boolean): number {
    const last = start + MAX_SLICE_LENGTH;
    const first = start + MIN_SLICE_LENGTH;
    const beforeSpecial = special ? this.lastSpecial(text, first, last) : -1;
    for (let at = last; at > first && at > beforeSpecial; at--) {
      if (this.isSafe(text, at) && !this.isInside(text, at)) return at;
    }
    return beforeSpecial === -1 ? this.forcedCut(text, last) : beforeSpecial;
  }

  private isSafe(text: string, at: number): boolean {
    const before = text.charAt(at - 1);
    const after = text.charAt(at);
    if (after === ' ') {
      return this.rules.beforeWords && LETTER.test(before) && LETTER.test(text.charAt(at + 1));
    }
    return this.rules.afterLines && before === '\n' && LETTER.test(after) && !BLANK.test(text.charAt(at - 2));
  }

  /** The last place before a special text, between two places; -1 where there is none. */
  private lastSpecial(text: string, first: number, last: number): number {
    const { specials } = this.rules;
    if (specials === null) return -1;
    let found = -1;
    specials.lastIndex = first;
    for (let match = specials.exec(text); match !== null && match.index <= last; match = specials.exec(text)) {
      // Some special tokens take the blanks before them.
      if (!BLANK.test(text.charAt(match.index - 1)) && !this.isInside(text, match.index)) found = match.index;
    }
    return found;
  }

  /** True when a place is within a text that must not be cut. */
  private isInside(text: string, at: number): boolean {
    for (let start = Math.max(0, at - this.longestWhole + 1); start < at; start++) {
      const candidates = this.wholeByStart.get(text.charAt(start)) ?? [];
      if (candidates.some((whole) => start + whole.length > at && text.startsWith(whole, start))) return true;
    }
    return false;
  }

  private forcedCut(text: string, last: number): number {
    for (let at = last; at > last - this.longestWhole - 2; at--) {
      const splitsPair = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
      if (!splitsPair && !this.isInside(text, at)) return at;
    }
    return last;
  }
}
