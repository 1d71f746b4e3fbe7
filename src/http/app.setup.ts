import type { RequestListener } from 'node:http';
import multipart from '@fastify/multipart';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { BOARD_PATH } from './admin/board-path.js';
import type { Settings } from '../config/settings.js';
import { rewriteForPort } from './server/dialect-ports.js';
import { ErrorRenderers } from './errors/error-renderers.js';
import { ERROR_STATUS } from './errors/error-status.js';
import { registerJsonBody } from './body/json-body.js';
import { RouteOwners } from './routing/route-owners.js';
import { stalledClientHook } from './server/stalled-client.js';
import { setupDocs } from './openapi/docs.setup.js';
import { NestLog } from '../observability/logging/logging.js';
import { countAnswers } from '../observability/metrics/http-meter.js';
import { MetricsService } from '../observability/metrics/metrics.service.js';
import { requestIdOf } from './server/request-id.js';
import { createGuardedServer } from './server/guarded-server.js';
import { guardRequests } from './auth/request-hooks.js';
import { TRUSTED_PROXIES } from './server/trusted-proxies.js';
import { RequestLines } from '../observability/telemetry/request-line.js';
import { TRACING, type Tracing } from '../observability/telemetry/tracing.js';

const BODY_LIMIT = 1024 ** 2;

/** The application as it serves, without its listeners. Shared by main.ts and the tool that writes the documents. */
export async function createApp(
  root: DynamicModule,
  settings: Settings,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    rewriteUrl: rewriteForPort(settings.dialectPorts),
    bodyLimit: BODY_LIMIT,
    trustProxy: TRUSTED_PROXIES,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    serverFactory: (handler: RequestListener) => createGuardedServer(settings, handler),
    clientErrorHandler: () => undefined, // the servers answer that themselves
    frameworkErrors: (error: { code: string }, request: FastifyRequest, reply: FastifyReply) => {
      lines.follow(request, reply); // there are no requests before it is there
      request.record?.fail('invalid_request');
      const { status, body } = app.get(ErrorRenderers).renderUnroutable(request.url, error.code);
      void reply.headers({ 'X-Request-Id': request.id, 'X-Content-Type-Options': 'nosniff' }).status(status).send(body);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    logger: new NestLog(logger),
    abortOnError: false,
    routeConflictPolicy: { duplicate: 'error', shadow: 'error' },
  });
  const fastify = adapter.getInstance();
  registerJsonBody(fastify);
  await fastify.register(multipart, { throwFileSizeLimit: false });
  fastify.addHook('onResponse', (request, _reply, done) => {
    request.form?.leave();
    done();
  });
  const routes = app.get(RouteOwners);
  const lines = new RequestLines({
    logger,
    tracing: app.get<Tracing>(TRACING),
    dialectOf: (request) => routes.ownerOf(request),
    statusOf: (code) => ERROR_STATUS[code],
  });
  fastify.addHook('onRequest', lines.hook); // the first: whatever refuses a request, it has its line
  fastify.addHook('onRequest', stalledClientHook(settings.stalledClientSeconds));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    done();
  });
  await guardRequests(app, settings.corsOrigins, [BOARD_PATH]);
  countAnswers(fastify, app.get(MetricsService), (request) => routes.ownerOf(request));
  if (settings.role !== 'worker') {
    await setupDocs(app);
    // Only then: bull-board brings a second copy of BullMQ into memory.
    if (settings.adminKey !== null) await (await import('./admin/board.setup.js')).setupBoard(app, settings.adminKey);
  }
  return app;
}
