import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MetricsService } from './metrics.service.js';

/** Counts every HTTP answer whose head was sent, by status and by whose route it was; a stream when it has ended. */
export function countAnswers(
  fastify: FastifyInstance,
  metrics: MetricsService,
  dialectOf: (request: FastifyRequest) => string,
): void {
  const answers = metrics.counter('http_responses_total', 'HTTP answers by status', ['dialect', 'status']);
  fastify.addHook('onResponse', (request, reply, done) => {
    // A client that left earlier was answered nothing.
    if (reply.raw.headersSent) answers.inc({ dialect: dialectOf(request), status: String(reply.statusCode) });
    done();
  });
}
