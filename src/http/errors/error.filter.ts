import { Catch, Logger, ServiceUnavailableException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InferenceService } from '../../inference/inference.service.js';
import { readPastBody } from '../body/rest-of-body.js';
import { ErrorRenderers } from './error-renderers.js';
import { RouteOwners } from '../routing/route-owners.js';
import { toShownError } from './to-parley-error.js';

/** Answers every error of every route, in the words of the dialect that was spoken to. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(
    private readonly routes: RouteOwners,
    private readonly renderers: ErrorRenderers,
    private readonly inference: InferenceService,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (thrown instanceof ServiceUnavailableException) {
      void reply.status(503).send(thrown.getResponse()); // terminus: a probe that fails, with the reason as its body
      return;
    }
    const { error, status } = toShownError(thrown);
    request.record?.fail(error.code);
    if (error.code === 'internal') {
      const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      this.logger.error(`${request.id} ${what}`);
    }
    if (reply.sent) return;
    if (error.retryAfterSeconds !== undefined) void reply.header('Retry-After', String(error.retryAfterSeconds));
    if (error.code === 'unauthorized') void reply.header('WWW-Authenticate', 'Bearer');
    readPastBody(request, reply);
    if (this.inference.isDraining) void reply.header('Connection', 'close');
    const rendered = this.renderers.render(this.routes.ownerOf(request), error, status);
    void reply.status(rendered.status).type('application/json; charset=utf-8').send(rendered.body);
  }
}
