/** The request that asks for a job, as log and trace know it. */
export interface AskingRequest {
  readonly id: string;
  /** W3C trace context; empty: it is not traced. */
  readonly traceHeaders: Readonly<Record<string, string>>;
  noteJob(id: string): void;
}

/** Who asks for a job, and how. */
export interface Asker {
  readonly keyId: string;
  /** `Idempotency-Key`: a second request with it gets the job of the first. */
  readonly idempotencyKey: string | null;
  /** True when a client waits for the answer: such jobs go before those that nobody waits for. */
  readonly waits: boolean;
  readonly request?: AskingRequest | undefined;
}
