import 'reflect-metadata';
import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { REGISTRY } from './dialects/registry.js';
import { createApp } from './http/app.setup.js';
import { readSettings, type Settings } from './config/settings.js';
import { assertKnownDialects, openDialectPorts, portTrouble } from './http/server/dialect-ports.js';
import { OpenAnswers } from './http/drain/open-answers.js';
import { Preloader } from './http/api/health/preloader.js';
import { InferenceService } from './inference/inference.service.js';
import { Workers } from './jobs/core/workers.js';
import { createLogger } from './observability/logging/logging.js';
import { Shutdown } from './http/drain/shutdown.js';
import { STORE, type AnyStore } from './storage/store/store.module.js';

/**
 * Starts the service. Throws an error whose message is for the operator.
 *
 * @param takenOver Called once signals end the service in order, instead of the process at once.
 */
export async function startService(environment: NodeJS.ProcessEnv, takenOver: () => void): Promise<void> {
  const settings = readSettings(environment);
  assertKnownDialects(settings.dialectPorts, REGISTRY);
  const logger = createLogger(settings.logLevel, settings.logFormat);
  const app = await createApp(AppModule.forRoot(settings, REGISTRY), settings, logger);
  const extraServers: Server[] = [];
  const shutdown = new Shutdown({
    app,
    inference: app.get(InferenceService),
    answers: app.get(OpenAnswers),
    workers: app.get(Workers),
    store: app.get<AnyStore>(STORE),
    extraServers,
    drainSeconds: settings.drainSeconds,
    logger,
  });
  shutdown.listen();
  takenOver();
  try {
    await serve(app, settings, extraServers);
  } catch (error) {
    if (!shutdown.begun) throw error; // else it is the end that it met
  }
}

async function serve(app: NestFastifyApplication, settings: Settings, extraServers: Server[]): Promise<void> {
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    throw new Error(`PORT ${String(settings.port)}: ${portTrouble(error as NodeJS.ErrnoException)}`, { cause: error });
  }
  const fastify = app.getHttpAdapter().getInstance();
  extraServers.push(...(await openDialectPorts(fastify, settings)));
  const url = (await app.getUrl()).replace('[::1]', 'localhost');
  if (settings.role === 'worker') {
    process.stdout.write(`Parley is ready: ${url}  a worker: it does jobs and answers probes\n`);
    return;
  }
  const loaded = await app.get(Preloader).run();
  if (app.get(InferenceService).isDraining) return;
  const models = loaded.length === 0 ? 'no model' : loaded.join(', ');
  process.stdout.write(`Parley is ready: ${url}  docs: ${url}/docs  loaded: ${models}\n`);
}
