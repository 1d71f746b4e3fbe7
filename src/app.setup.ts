import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { rewriteForPort } from './dialect-ports.js';
import { renderUnroutable } from './dialects/error.filter.js';
import { registerJsonBody } from './dialects/json-body.js';
import { setupDocs } from './docs/docs.setup.js';
import { NestLog } from './logging.js';
import { requestIdOf } from './request-id.js';

const BODY_LIMIT = 1024 ** 2;
/** Whose X-Forwarded-* headers count: an ingress in the same private network. */
const TRUSTED_PROXIES = ['loopback', 'linklocal', 'uniquelocal'];

/** The application as it serves, without its listeners. Shared by main.ts and the tool that writes the documents. */
export async function createApp(settings: Settings, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    rewriteUrl: rewriteForPort(settings.dialectPorts),
    bodyLimit: BODY_LIMIT,
    trustProxy: TRUSTED_PROXIES,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    frameworkErrors: (error: { code: string }, request: FastifyRequest, reply: FastifyReply) => {
      const { status, body } = renderUnroutable(request.url, error.code);
      void reply.status(status).header('X-Request-Id', request.id).send(body);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(settings), adapter, {
    bodyParser: false,
    logger: new NestLog(logger),
    abortOnError: false,
    routeConflictPolicy: { duplicate: 'error', shadow: 'error' },
  });
  const fastify = adapter.getInstance();
  registerJsonBody(fastify);
  await fastify.register(multipart, { throwFileSizeLimit: false });
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, url, id } = request;
    const line = { id, method, url: url.split('?')[0], status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    logger.info(line, 'request');
    done();
  });
  if (settings.role !== 'worker') setupDocs(app);
  return app;
}
