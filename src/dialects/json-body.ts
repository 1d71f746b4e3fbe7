import type { FastifyInstance } from 'fastify';
import { unreadableBody } from '../inference/errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Where pictures may stand in JSON, as data URIs. */
const PICTURE_ROUTES = ['/v1/chat/completions', '/v1/images/edits', '/v1/responses'];
const PICTURE_BODY_LIMIT = 20 * 1024 ** 2;

/**
 * Reads JSON bodies: UTF-8 must be sound, `__proto__` is refused, and an empty body counts as none, since some clients
 * send the header with every POST.
 */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (PICTURE_ROUTES.some((path) => route.url.endsWith(path))) route.bodyLimit = PICTURE_BODY_LIMIT;
  });
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser(
    ['application/json', 'application/*+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (body.length === 0) {
        done(null, undefined);
        return;
      }
      let text: string;
      try {
        text = utf8.decode(body as Buffer);
      } catch {
        done(unreadableBody('The body is not valid UTF-8.', 'json_invalid'));
        return;
      }
      const parsed = (error: Error | null, value?: unknown): void => {
        if (error === null) done(null, value);
        else done(unreadableBody('The body is not valid JSON.', 'json_invalid', error));
      };
      void parseJson(request, text, parsed);
    },
  );
}
