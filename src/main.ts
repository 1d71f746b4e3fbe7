/** Boot of the service. */
import 'reflect-metadata';
import type { Server } from 'node:http';
import { createApp } from './app.setup.js';
import { InvalidSettingError, readSettings, type Settings } from './config/settings.js';
import { openDialectPorts, portTrouble } from './dialect-ports.js';
import { Preloader } from './health/preloader.js';
import { InferenceService } from './inference/inference.service.js';
import { Workers } from './jobs/workers.js';
import { createLogger } from './logging.js';
import { drainOnSignals } from './shutdown.js';
import { STORE, type AnyStore } from './store/store.module.js';

function fail(message: string): never {
  process.stderr.write(`parley: ${message}\n`);
  process.exit(1);
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof InvalidSettingError) fail(error.message);
    throw error;
  }
}

async function start(): Promise<void> {
  const settings = settingsOrExit();
  const logger = createLogger(settings.logLevel);
  const app = await createApp(settings, logger);
  const extra: Server[] = [];
  const inference = app.get(InferenceService);
  const store = app.get<AnyStore>(STORE);
  const workers = app.get(Workers);
  drainOnSignals({ app, inference, workers, store, extraServers: extra, drainSeconds: settings.drainSeconds, logger });
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    throw new Error(`PORT ${String(settings.port)}: ${portTrouble(error as NodeJS.ErrnoException)}`, { cause: error });
  }
  const fastify = app.getHttpAdapter().getInstance();
  extra.push(...(await openDialectPorts(fastify, settings.host, settings.dialectPorts)));
  const url = (await app.getUrl()).replace('[::1]', 'localhost');
  if (settings.role === 'worker') {
    process.stdout.write(`Parley is ready: ${url}  a worker: it does jobs and answers probes\n`);
    return;
  }
  const loaded = await app.get(Preloader).run();
  const models = loaded.length === 0 ? 'no model' : loaded.join(', ');
  process.stdout.write(`Parley is ready: ${url}  docs: ${url}/docs  loaded: ${models}\n`);
}

start().catch((error: unknown) => {
  fail(error instanceof Error ? error.message : String(error));
});
