import { EgressRedirectError, EgressRefusedError } from './egress-errors.js';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Never sent to another origin than the one that the caller named. */
const ALWAYS_SENSITIVE: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Where an answer sends its reader; null when it is no redirect. Throws `EgressRedirectError` for one to nowhere. */
export function redirectTarget(from: URL, status: number, location: string | null): URL | null {
  if (!REDIRECTS.has(status)) return null;
  if (location === null || !URL.canParse(location, from.href))
    throw new EgressRedirectError('a redirect leads nowhere');
  return new URL(location, from);
}

/** Throws `EgressRefusedError` for anything but http and https. */
export function requireHttp(url: URL): void {
  if (url.protocol === 'http:' || url.protocol === 'https:') return;
  throw new EgressRefusedError(url.host, `${url.protocol} addresses are not fetched`);
}

/** The request that follows a redirect: without what is secret as soon as the origin is another one. */
export function nextHop(hop: Hop, status: number, url: URL, sensitive: readonly string[]): Hop {
  const secret = new Set([...ALWAYS_SENSITIVE, ...sensitive.map((name) => name.toLowerCase())]);
  const sameOrigin = url.origin === hop.url.origin;
  const kept = Object.entries(hop.headers).filter(([name]) => sameOrigin || !secret.has(name));
  // As browsers do: a POST becomes a GET unless the status says that the method stays.
  if (hop.method !== 'POST' || status === 307 || status === 308) {
    return { ...hop, url, headers: Object.fromEntries(kept) };
  }
  const headers = Object.fromEntries(kept.filter(([name]) => !name.startsWith('content-')));
  return { url, method: 'GET', headers, body: null };
}
