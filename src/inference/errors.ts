/**
 * The closed list of error codes. Domain and core throw only these; each dialect renders all of them.
 * Statuses are in `dialects/error-status.ts`, prose in docs/errors.md.
 */
export const ERROR_CODES = [
  'invalid_request',
  'validation',
  'unauthorized',
  'forbidden',
  'model_not_found',
  'job_not_found',
  'model_not_loaded',
  'payload_too_large',
  'unsupported_media',
  'context_length_exceeded',
  'rate_limited',
  'cancelled',
  'model_load_failed',
  'runner_crashed',
  'overloaded',
  'timeout',
  'insufficient_storage',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with one field of a request; `path` leads to it from the body's root. */
export interface FieldIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Machine name of the broken rule, e.g. `missing`, `string_type`, `less_than_equal`. */
  readonly rule: string;
}

export interface ErrorDetails {
  /** Seconds after which a retry is expected to succeed; measured wherever there is a queue to measure. */
  readonly retryAfterSeconds?: number;
  /** The request field that is at fault. */
  readonly param?: string;
  readonly issues?: readonly FieldIssue[];
  readonly cause?: unknown;
}

/** The only error that leaves the core. `message` is shown to clients: no paths, stacks or library wording. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly retryAfterSeconds: number | undefined;
  readonly param: string | undefined;
  readonly issues: readonly FieldIssue[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.retryAfterSeconds = details.retryAfterSeconds;
    const path = details.issues?.[0]?.path ?? [];
    this.param = details.param ?? (path.length > 0 ? path.join('.') : undefined);
    this.issues = details.issues ?? [];
  }
}

/** A body that cannot be read at all. */
export function unreadableBody(message: string, rule: string, cause?: unknown): ParleyError {
  return new ParleyError('validation', message, { issues: [{ path: [], message, rule }], cause });
}

/** What new work is told once the service ends, and what ends the work that is put back for the next start. */
export class ShuttingDown extends ParleyError {
  constructor() {
    super('overloaded', 'The service is shutting down.', { retryAfterSeconds: 1 });
  }
}

/** The error that stands for a client that went away. */
export function cancelled(): ParleyError {
  return new ParleyError('cancelled', 'The client went away before the answer was complete.');
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal);
}

/** What an aborted signal means to callers: a `ParleyError` given as its reason, else a client that left. */
export function abortReason(signal: AbortSignal): ParleyError {
  return signal.reason instanceof ParleyError ? signal.reason : cancelled();
}
