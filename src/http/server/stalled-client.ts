import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Cuts the connection of a client that takes nothing of its answer for so long while some of it waits: it would hold its
 * slot for ever. Silence counts only then, since a model may take its time; a client that takes a little counts as alive.
 */
export function stalledClientHook(
  seconds: number,
): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (_request, { raw }, done) => {
    // With a listener it is the listener's choice whether a connection without traffic ends.
    raw.setTimeout(seconds * 1000, () => {
      if (raw.socket !== null && raw.socket.writableLength > 0) raw.socket.destroy();
    });
    done();
  };
}
