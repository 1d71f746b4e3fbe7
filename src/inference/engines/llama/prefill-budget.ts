/** How long the streams that are decoding may wait for a step that also prefills. */
const TARGET_STEP_MS = 200;
const SMALLEST_SLICE = 16;
/** How much longer they may wait when more requests are prefilling than decoding. */
const MOST_PATIENCE = 4;

/**
 * Decides how many prompt tokens a step may evaluate beside decoding streams, from the speed measured so far, so that
 * one long prompt never stalls the others for long. With nobody decoding the whole batch is free; where many wait for
 * their first token and few decode, the many count for more.
 */
export class PrefillBudget {
  private tokensPerMs = 0.25;

  constructor(private readonly batchSize: number) {}

  tokensFor(decoding: number, prefilling: number): number {
    if (decoding === 0) return this.batchSize;
    const patience = Math.min(MOST_PATIENCE, Math.max(1, prefilling / decoding));
    const affordable = Math.floor(this.tokensPerMs * TARGET_STEP_MS * patience);
    return Math.min(this.batchSize - decoding, Math.max(SMALLEST_SLICE, affordable));
  }

  /** Learns from a step that evaluated `tokens` prompt tokens. */
  record(tokens: number, elapsedMs: number): void {
    if (tokens < SMALLEST_SLICE || elapsedMs <= 0) return;
    this.tokensPerMs = this.tokensPerMs * 0.7 + (tokens / elapsedMs) * 0.3;
  }
}
