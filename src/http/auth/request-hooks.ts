import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { allowOrigins } from '../server/cors.js';
import { RequestGate } from './request-gate.js';

/**
 * Puts the gate before every route. `selfGuarded` are paths, and all below them, whose routes ask for a key of their own.
 * To be called before routes are added that Fastify serves without Nest.
 */
export async function guardRequests(
  app: NestFastifyApplication,
  origins: readonly string[],
  selfGuarded: readonly string[],
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    const own = selfGuarded.some((path) => route.url === path || route.url.startsWith(`${path}/`));
    // The wildcard of CORS, which tells who may not call that there is no such route.
    if (own || (route.url === '*' && route.method === 'OPTIONS')) route.config = { ...route.config, access: 'public' };
  });
  fastify.addHook('onRequest', (_, reply, done) => {
    void reply.header('X-Content-Type-Options', 'nosniff');
    done();
  });
  await allowOrigins(fastify, origins);
  const gate = app.get(RequestGate);
  fastify.addHook('onRequest', (request, reply) => gate.admit(request, reply));
}
