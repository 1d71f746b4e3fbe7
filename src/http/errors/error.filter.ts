import { Catch, Logger, ServiceUnavailableException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InferenceService } from '../../inference/inference.service.js';
import { ParleyError } from '../../inference/errors.js';
import type { ErrorRenderer, RenderedError, RouteOwner } from '../routing/dialect.js';
import { ERROR_STATUS } from './error-status.js';
import { renderLlamaLocalError } from '../../dialects/llama-local/llama-local.filter.js';
import { renderMlBackendError } from '../../dialects/ml-backend/ml-backend.filter.js';
import { renderOpenAiError } from '../../dialects/openai/openai.filter.js';
import { readPastBody } from '../body/rest-of-body.js';
import { renderRkllamaError } from '../../dialects/rkllama/rkllama.filter.js';
import { renderRootError, renderSharedError } from './service-error.js';
import { ownerOfPath, RouteDirectory } from '../routing/route-owners.js';
import { toShownError } from './to-parley-error.js';

const RENDERERS: Readonly<Record<RouteOwner, ErrorRenderer>> = {
  'ml-backend': renderMlBackendError,
  openai: renderOpenAiError,
  rkllama: renderRkllamaError,
  'llama-local': renderLlamaLocalError,
  chatvlm: renderRootError, // same body: {"detail": …}
  root: renderRootError,
  shared: renderSharedError,
};

/** What Fastify refuses before it looks for a route, such as a path that cannot be decoded. */
export function renderUnroutable(url: string, code: string): RenderedError {
  const tooLong = code === 'FST_ERR_MAX_PARAM_LENGTH'; // and nothing is called that
  const error = new ParleyError('invalid_request', tooLong ? 'There is no such route.' : 'The path cannot be read.');
  return RENDERERS[ownerOfPath(url)](error, tooLong ? 404 : ERROR_STATUS.invalid_request);
}

/** Answers every error of every route, in the words of the dialect that was spoken to. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(
    private readonly routes: RouteDirectory,
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
    const rendered = RENDERERS[this.routes.ownerOf(request)](error, status);
    void reply.status(rendered.status).type('application/json; charset=utf-8').send(rendered.body);
  }
}
