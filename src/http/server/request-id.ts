import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What may be taken over from a client: visible ASCII, short, so that it is safe in headers and logs. */
const ACCEPTABLE = /^[\x21-\x7e]{1,128}$/;

/** The client's `X-Request-Id`, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUID();
}
