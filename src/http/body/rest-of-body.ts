import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Reads past what still comes of a body that is refused: its client would see a broken connection instead of the answer,
 * since Fastify closes the one of a body that is too large. How slowly it may come is bounded as for any body.
 */
export function readPastBody(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.readableEnded) return;
  void reply.removeHeader('connection');
  request.raw.resume();
}
