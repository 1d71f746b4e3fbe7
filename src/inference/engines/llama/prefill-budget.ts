/** Milliseconds that decoding streams may wait for a step that also prefills. */
const TARGET_STEP_MS = 200;
/** The least of it where API keys share the model. */
const SHARED_STEP_MS = 50;
/** Decode steps that one step with prefill may take the place of where API keys share the model. */
const SHARED_STEPS = 4;
const SMALLEST_SLICE = 16;
/** Factor on that wait when more requests are prefilling than decoding. */
const MOST_PATIENCE = 4;

/** Live requests of a step. */
export interface StepRequests {
  readonly decoding: number;
  readonly prefilling: number;
  /** Requests of more than one API key are among them. */
  readonly shared: boolean;
}

/**
 * Decides how many prompt tokens a step may evaluate, from the speed measured so far, so that one long prompt never stalls
 * the others for long. With one key and nothing decoding the whole batch is free, and where many wait for their first
 * token and few decode, the many count for more. Where keys share the model, no key's prompts may hold up another's
 * requests, whether they decode or have just come, for more than a few decode steps.
 */
export class PrefillBudget {
  private tokensPerMs = 0.25;
  private decodeMs: number | null = null;

  constructor(private readonly batchSize: number) {}

  tokensFor({ decoding, prefilling, shared }: StepRequests): number {
    if (decoding === 0 && !shared) return this.batchSize;
    const patience = shared ? 1 : Math.min(MOST_PATIENCE, Math.max(1, prefilling / decoding));
    const affordable = Math.floor(this.tokensPerMs * this.targetMs(shared) * patience);
    return Math.min(this.batchSize - decoding, Math.max(SMALLEST_SLICE, affordable));
  }

  /** Learns from a step that evaluated `tokens` prompt tokens. */
  record(tokens: number, elapsedMs: number): void {
    if (elapsedMs <= 0) return;
    if (tokens === 0) this.decodeMs = (this.decodeMs ?? elapsedMs) * 0.7 + elapsedMs * 0.3;
    else if (tokens >= SMALLEST_SLICE) this.tokensPerMs = this.tokensPerMs * 0.7 + (tokens / elapsedMs) * 0.3;
  }

  private targetMs(shared: boolean): number {
    if (!shared || this.decodeMs === null) return TARGET_STEP_MS;
    return Math.min(TARGET_STEP_MS, Math.max(SHARED_STEP_MS, SHARED_STEPS * this.decodeMs));
  }
}
