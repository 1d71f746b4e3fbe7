import type { FastifyRequest } from 'fastify';

/** The scheme and host that the client reached, as trusted proxies tell it: links in answers are absolute. */
export function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}
