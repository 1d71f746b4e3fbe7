/** Who asks for a job, and how. */
export interface Asker {
  readonly keyId: string;
  /** `Idempotency-Key`: a second request with it gets the job of the first. */
  readonly idempotencyKey: string | null;
  /** True when a client waits for the answer: such jobs go before those that nobody waits for. */
  readonly waits: boolean;
}
