/** The request that a job comes from, for log and trace. */
export interface OriginRequest {
  readonly id: string;
  /** W3C trace context; empty: it is not traced. */
  readonly traceHeaders: Readonly<Record<string, string>>;
  noteJob(id: string): void;
}

/** Requester of a job and its submission options. */
export interface JobRequester {
  readonly keyId: string;
  /** `Idempotency-Key`: a second request with it gets the job of the first. */
  readonly idempotencyKey: string | null;
  /** True when a client waits for the result: such jobs are begun before detached ones. */
  readonly isAwaited: boolean;
  readonly request?: OriginRequest | undefined;
}
