const REPLACEMENT = '\uFFFD';
/** Bytes of the longest UTF-8 character: after so many tokens without one, what is kept never becomes one. */
const MAX_BYTES = 4;
/** Tokens of context that decide whether a piece begins with a space. */
const LOOK_BACK = 8;

/** Turns tokens into text one by one, never splitting a UTF-8 character. */
export class Detokenizer<Token extends number> {
  /** Tokens whose text ends with an incomplete character. */
  private pending: Token[] = [];
  /** Length of the text of `pending` that was given out already. */
  private given = 0;
  /** Tokens since one completed a character: a character has four bytes at most. */
  private stuck = 0;
  private last: readonly Token[];

  /** @param detokenize The text of `tokens` where they follow `last`; an incomplete character is one U+FFFD. */
  constructor(
    private readonly detokenize: (tokens: readonly Token[], last: readonly Token[]) => string,
    promptTokens: readonly Token[],
  ) {
    this.last = promptTokens.slice(-LOOK_BACK);
  }

  /** Text that the token completes; an incomplete character at its end is kept for the next. */
  push(token: Token): string {
    this.pending.push(token);
    const text = this.detokenize(this.pending, this.last);
    const complete = text.endsWith(REPLACEMENT) ? text.length - REPLACEMENT.length : text.length;
    this.stuck = complete > this.given ? 0 : this.stuck + 1;
    const incomplete = complete < text.length && this.stuck < MAX_BYTES;
    const end = incomplete ? complete : text.length;
    const piece = text.slice(this.given, end);
    if (incomplete) this.given = Math.max(this.given, end);
    else {
      this.last = [...this.last, ...this.pending].slice(-LOOK_BACK);
      this.pending = [];
      this.given = 0;
      this.stuck = 0;
    }
    return piece;
  }
}
