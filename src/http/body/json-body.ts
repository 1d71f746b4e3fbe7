import type { FastifyInstance } from 'fastify';
import { readJson } from './json-reader.js';

/**
 * Reads JSON bodies, up to the route's `@BodyLimit`: UTF-8 must be sound, `__proto__` is refused, and an empty body counts as none, since some clients
 * send the header with every POST.
 */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const bodyLimit = route.config?.bodyLimit;
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser(
    ['application/json', 'application/*+json'],
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => (body.length === 0 ? undefined : readJson(body)),
  );
}
