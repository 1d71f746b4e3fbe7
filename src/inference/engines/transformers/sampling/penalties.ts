import type { Sampling } from '../../../task-basics.js';

/** Tokens that the penalties look back on, prompt included, as in the llama engine. */
export const PENALTY_WINDOW = 64;

export type Penalties = Pick<Sampling, 'repeatPenalty' | 'presencePenalty' | 'frequencyPenalty'>;

/** Makes recent tokens less likely, in place: divides their logits, then subtracts once and once for each occurrence. */
export function penalise(logits: Float32Array, recent: readonly number[], penalties: Penalties): void {
  const { repeatPenalty, presencePenalty, frequencyPenalty } = penalties;
  if (repeatPenalty === 1 && presencePenalty === 0 && frequencyPenalty === 0) return;
  const counts = new Map<number, number>();
  for (const token of recent) counts.set(token, (counts.get(token) ?? 0) + 1);
  for (const [token, count] of counts) {
    const logit = logits[token];
    if (logit === undefined) continue;
    // A negative logit is multiplied: dividing it would make the token more likely.
    const divided = logit > 0 ? logit / repeatPenalty : logit * repeatPenalty;
    logits[token] = divided - presencePenalty - count * frequencyPenalty;
  }
}
