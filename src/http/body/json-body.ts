import type { FastifyInstance } from 'fastify';
import { readJson } from './json-reader.js';

/** Where images may stand in JSON, as data URIs. */
const IMAGE_ROUTES = ['/v1/chat/completions', '/v1/images/edits', '/v1/responses'];
const IMAGE_BODY_LIMIT = 20 * 1024 ** 2;

/**
 * Reads JSON bodies: UTF-8 must be sound, `__proto__` is refused, and an empty body counts as none, since some clients
 * send the header with every POST.
 */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (IMAGE_ROUTES.some((path) => route.url.endsWith(path))) route.bodyLimit = IMAGE_BODY_LIMIT;
  });
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser(
    ['application/json', 'application/*+json'],
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => (body.length === 0 ? undefined : readJson(body)),
  );
}
