import type { FastifyRequest } from 'fastify';
import type { KeyRing } from '../auth/key-ring.js';

type Asking = Pick<FastifyRequest, 'method' | 'headers' | 'host'>;

const READS = ['GET', 'HEAD'];
/** `none`: the person, by an address or a bookmark. */
const OWN_SITES: unknown[] = ['same-origin', 'none'];

/** Whether a request brings the board's key: as a bearer token, or as the password of any user, as browsers ask for it. */
export function holdsKey({ headers }: Asking, keys: KeyRing): boolean {
  const key = presented(headers.authorization);
  return key !== null && keys.identify(key) !== null;
}

/**
 * Whether a request may come from another site's page: a browser adds the password that it has to whatever any page makes
 * it send. A link from elsewhere is no harm. What is no browser says nothing of where it comes from.
 */
export function isForeign({ method, headers, host }: Asking): boolean {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (READS.includes(method)) return mode !== 'navigate' && site !== undefined && !OWN_SITES.includes(site);
  if (site !== undefined) return site !== 'same-origin';
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}

function presented(authorization: string | undefined): string | null {
  const [, scheme = '', value = ''] = /^(Bearer|Basic)\s+(\S+)\s*$/i.exec(authorization ?? '') ?? [];
  if (scheme === '') return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? null : pair.slice(colon + 1);
}
