import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** What a page may read of an answer besides its body. */
const EXPOSED = [
  'X-Request-Id',
  'X-Dropped-Turns',
  'Retry-After',
  'Location',
  'Preference-Applied',
  'WWW-Authenticate',
  'Content-Disposition',
];
/** Seconds that a browser may remember what it was allowed. */
const REMEMBERED = 600;

/**
 * Lets pages of these origins call from a browser; with none of them, browsers keep every page of another origin out.
 * Cookies play no part: a page needs a key of its own. To be called before the gate is set up, since a browser asks
 * first, and without a key.
 */
export async function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await fastify.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: REMEMBERED,
    strictPreflight: false,
  });
}
