import { Agent, request, type Dispatcher } from 'undici';
import { AllowList } from './allow-list.js';
import { checkedConnector, resolveBySystem, type ResolveHost } from './checked-connector.js';
import { EgressRedirectError, EgressTooLargeError, toEgressError } from './egress-errors.js';
import { ResponseBody } from './response-body.js';
import { nextHop, redirectTarget, requireHttp, type Hop } from './redirects.js';

export interface EgressOptions {
  /** Private hosts and networks that may still be fetched from: `EGRESS_ALLOW`. */
  readonly allow: readonly string[];
  /**
   * Hosts that the operator configured for this purpose, such as that of `HF_ENDPOINT` for pulls; their addresses are
   * not checked, whatever the port. A fetcher for addresses out of requests has none.
   */
  readonly trustedHosts: readonly string[];
  /** Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** From the request to the headers of the answer; default 30 s. */
  readonly headersTimeoutMs?: number;
  /** The longest time without a byte of the body; default 60 s. */
  readonly stallMs?: number;
  /** Default: the system's. */
  readonly resolve?: ResolveHost;
}

export interface EgressRequest {
  /** Default GET. */
  readonly method?: Hop['method'];
  readonly headers?: Readonly<Record<string, string>>;
  /** Names of headers that, like `Authorization`, are dropped when a redirect leads to another origin. */
  readonly sensitiveHeaders?: readonly string[];
  /** Headers of the first request alone: no redirect gets them, not even one to the same origin. */
  readonly firstHopHeaders?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The longest body that is read; default: any. */
  readonly maxBytes?: number;
  readonly signal: AbortSignal;
}

export interface EgressResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Of the last redirect. */
  readonly url: URL;
  /**
   * The body, to be read once. It throws `EgressNetworkError` when it breaks off or stalls, `EgressTooLargeError`, and
   * the signal's reason. Whoever does not read it to its end calls {@link discard} or leaves the loop.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the transfer of a body that nobody reads. */
  discard(): void;
}

const MAX_REDIRECTS = 10;

/**
 * Fetches what comes from outside; nothing else in Parley does. Private addresses are refused unless the operator
 * allows them, at every redirect anew and at the moment of the connect.
 */
export class EgressFetcher {
  private readonly agent: Agent;

  /** Throws `InvalidSettingError` that names a wrong entry of `allow`. */
  constructor(options: EgressOptions) {
    this.agent = new Agent({
      connect: checkedConnector({
        allow: new AllowList(options.allow),
        trustedHosts: new Set(options.trustedHosts),
        resolve: options.resolve ?? resolveBySystem,
        connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      }),
      headersTimeout: options.headersTimeoutMs ?? 30_000,
      bodyTimeout: options.stallMs ?? 60_000,
    });
  }

  /**
   * Resolves with whatever status the last address of the redirects answers. Throws `EgressRefusedError` for a place
   * that is not allowed, `EgressNetworkError`, `EgressRedirectError`, `EgressTooLargeError`, or the signal's reason.
   */
  async fetch(address: string | URL, wanted: EgressRequest): Promise<EgressResponse> {
    const headers = { 'accept-encoding': 'identity', ...lowerCased(wanted.headers ?? {}) };
    const firstHop = lowerCased(wanted.firstHopHeaders ?? {});
    let hop: Hop = { url: new URL(address), method: wanted.method ?? 'GET', headers, body: wanted.body ?? null };
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      requireHttp(hop.url);
      const answer = await this.send(redirects === 0 ? { ...hop, headers: { ...headers, ...firstHop } } : hop, wanted);
      const target = targetOf(hop.url, answer);
      if (target === null) return toResponse(hop.url, answer, wanted);
      discard(answer.body);
      hop = nextHop(hop, answer.statusCode, target, wanted.sensitiveHeaders ?? []);
    }
    throw new EgressRedirectError(`there are more than ${String(MAX_REDIRECTS)} redirects`);
  }

  /** Ends every transfer. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send(hop: Hop, { signal }: EgressRequest): Promise<Dispatcher.ResponseData> {
    try {
      const { url, method, headers, body } = hop;
      const answer = await request(url, { method, headers, body, signal, dispatcher: this.agent });
      // Whoever reads the body gets its errors; without a listener one of a body that nobody reads ends the process.
      answer.body.on('error', () => undefined);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      throw toEgressError(error);
    }
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function discard(body: Dispatcher.ResponseData['body']): void {
  body.destroy();
}

function targetOf(from: URL, answer: Dispatcher.ResponseData): URL | null {
  const { location } = answer.headers;
  try {
    return redirectTarget(from, answer.statusCode, typeof location === 'string' ? location : null);
  } catch (error) {
    discard(answer.body);
    throw error;
  }
}

function toResponse(url: URL, answer: Dispatcher.ResponseData, wanted: EgressRequest): EgressResponse {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const maxBytes = wanted.maxBytes ?? Infinity;
  if (Number(headers.get('content-length') ?? 0) > maxBytes && wanted.method !== 'HEAD') {
    discard(answer.body);
    throw new EgressTooLargeError(maxBytes);
  }
  const body = new ResponseBody(answer.body, maxBytes, wanted.signal);
  return { status: answer.statusCode, headers, url, body: body.read(), discard: () => body.discard() };
}
