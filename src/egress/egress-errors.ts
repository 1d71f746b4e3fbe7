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

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  ENETUNREACH: 'there is no way to its network',
  EHOSTUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it stopped sending',
};

function reasonOf(code: string): string {
  if (/CERT|ERR_TLS|ERR_SSL|SELF_SIGNED|UNABLE_TO_/.test(code)) return 'its certificate is not accepted';
  return REASONS[code] ?? 'the connection broke';
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code;
}

/** Names what the HTTP client threw. Mistakes of the caller pass through as they are, and so do our own errors. */
export function toEgressError(error: unknown): unknown {
  if (error instanceof EgressError) return error;
  const code = codeOf(error);
  if (code === null || code === 'UND_ERR_INVALID_ARG') return error;
  return new EgressNetworkError(reasonOf(code), { cause: error });
}
