/** One of the texts, as tokens. */
export interface TokenText {
  /** Which of the texts, from 0. */
  readonly index: number;
  readonly tokens: readonly number[];
}

const MOST_TEXTS = 16;
/** Tokens of a batch, padding included: attention takes memory with the square of a text's length. */
const MOST_TOKENS = 8192;

/** Puts texts of like length together, so that little is padded: the longest first. */
export function batchesOf<Text extends TokenText>(texts: readonly Text[]): Text[][] {
  const longestFirst = [...texts].sort((a, b) => b.tokens.length - a.tokens.length);
  const batches: Text[][] = [];
  let batch: Text[] = [];
  for (const text of longestFirst) {
    const width = batch[0]?.tokens.length ?? 0;
    if (batch.length === MOST_TEXTS || (batch.length + 1) * width > MOST_TOKENS) {
      batches.push(batch);
      batch = [];
    }
    batch.push(text);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
