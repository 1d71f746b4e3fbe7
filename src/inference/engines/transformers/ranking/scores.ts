import { InitError } from '../../engine.js';

/**
 * The scores, 0..1, of logits of the shape [texts, 1] or [texts]. Throws {@link InitError} for a head with several
 * classes: which of them is relevance, no file says.
 */
export function scoresOf(logits: Float32Array, dims: readonly number[]): number[] {
  const [texts = 0, classes = 1] = dims;
  if (classes !== 1 || logits.length !== texts) {
    throw new InitError('invalid-file', `its head tells ${String(classes)} classes apart, where a score is one number`);
  }
  return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
}
