import { networkReason } from '../inference/network-reasons.js';

/** What goes wrong while something is fetched from outside. Callers make a `ParleyError` of it. */
export abstract class EgressError extends Error {
  /** Whether the same request may succeed a little later. */
  abstract readonly retryable: boolean;
}

/** The rules forbid to go there: a private address, or a scheme that is not http or https. */
export class EgressRefusedError extends EgressError {
  override readonly name = 'EgressRefusedError';
  readonly retryable = false;

  constructor(
    /** The host as the URL or the redirect spelled it; never the address that it resolved to. */
    readonly host: string,
    message = `${host} is not a public host`,
  ) {
    super(message);
  }
}

/** No connection, no answer in time, or an answer that broke off. `message` ends "… could not be reached: ". */
export class EgressNetworkError extends EgressError {
  override readonly name = 'EgressNetworkError';
  readonly retryable = true;
}

/** More bytes than the caller wanted. */
export class EgressTooLargeError extends EgressError {
  override readonly name = 'EgressTooLargeError';
  readonly retryable = false;

  constructor(readonly maxBytes: number) {
    super(`the answer has more than ${String(maxBytes)} bytes`);
  }
}

/** A redirect that leads nowhere, or one too many. */
export class EgressRedirectError extends EgressError {
  override readonly name = 'EgressRedirectError';
  readonly retryable = false;
}

/** Names what the HTTP client threw. Mistakes of the caller pass through as they are, and so do our own errors. */
export function toEgressError(error: unknown): unknown {
  if (error instanceof EgressError) return error;
  const reason = networkReason(error);
  return reason === null ? error : new EgressNetworkError(reason, { cause: error });
}
