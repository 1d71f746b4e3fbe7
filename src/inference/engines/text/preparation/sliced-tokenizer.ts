import { AdmissionQueue } from '../../../admission/admission-queue.js';
import type { Preparation } from './preparations.js';
import { MAX_SLICE_LENGTH, TextSlicer, type SliceRules } from './text-slices.js';

/** A part of a prompt. */
export interface TextSegment {
  readonly text: string;
  /** True when special texts in it are special tokens. */
  readonly special: boolean;
}

/** Tokenising stopped at more tokens than there is room for; the rest of the text was not read. */
export class TokenLimitError extends Error {
  override readonly name = 'TokenLimitError';

  constructor(readonly atLeast: number) {
    super(`more than ${String(atLeast)} tokens`);
  }
}

/** Characters up to which a text is tokenised at once and counted exactly; longer ones wait for their turn. */
export const LONG_TEXT = 4 * MAX_SLICE_LENGTH;
const MAX_WAITING = 4096;

/** Tokenises long texts slice by slice, so that batch steps of other requests go on meanwhile. */
export class SlicedTokenizer<Token extends number> {
  private readonly slicer: TextSlicer;
  private readonly queue = new AdmissionQueue(MAX_WAITING, 'The tokenizer');

  /** @param tokenize Synchronous; of a slice that is not the text's first, `continued` is true. */
  constructor(
    private readonly tokenize: (text: string, special: boolean, continued: boolean) => readonly Token[],
    rules: SliceRules,
  ) {
    this.slicer = new TextSlicer(rules);
    this.queue.setCapacity(1);
  }

  /**
   * Tokens of all segments. Throws `cancelled`, and {@link TokenLimitError} for a text of more than {@link LONG_TEXT} as
   * soon as it has more than `limit` tokens.
   */
  async tokens(segments: readonly TextSegment[], preparation: Preparation, limit = Infinity): Promise<Token[]> {
    const length = segments.reduce((sum, { text }) => sum + text.length, 0);
    if (length <= LONG_TEXT) return this.read(segments, preparation, limit);
    preparation.beginCostly();
    const requester = { keyId: preparation.keyId, priority: 'interactive' } as const;
    return this.queue.run(requester, preparation.signal, () => this.read(segments, preparation, limit));
  }

  private async read(segments: readonly TextSegment[], preparation: Preparation, limit: number): Promise<Token[]> {
    const tokens: Token[] = [];
    let length = 0;
    for (const { text, special } of segments) {
      let continued = false;
      for (const slice of this.slicer.slices(text, special)) {
        if (tokens.length > limit && length >= LONG_TEXT) throw new TokenLimitError(tokens.length);
        for (const token of this.tokenize(slice, special, continued)) tokens.push(token);
        length += slice.length;
        continued = true;
        await preparation.pause();
      }
    }
    return tokens;
  }
}
