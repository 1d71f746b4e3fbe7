import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Dialect } from '../../src/http/routing/dialect.js';

/** The built service: only the build has what the Swagger plugin reads from comments. */
const DIST = new URL('../../dist/', import.meta.url);
const { createApp } = (await load('http/app.setup.js')) as typeof import('../../src/http/app.setup.js');
const { AppModule } = (await load('app.module.js')) as typeof import('../../src/app.module.js');
const { readSettings } = (await load('config/settings.js')) as typeof import('../../src/config/settings.js');
const { createLogger } = (await load(
  'observability/logging/logging.js',
)) as typeof import('../../src/observability/logging/logging.js');
const { REGISTRY } = (await load('dialects/registry.js')) as typeof import('../../src/dialects/registry.js');
const documents = (await load(
  'http/openapi/openapi-documents.js',
)) as typeof import('../../src/http/openapi/openapi-documents.js');

export const { dialectDocument, rootDocument } = documents;

function load(module: string): Promise<unknown> {
  return import(new URL(module, DIST).href);
}

/** Runs `work` with the application of the built service, not listening, in a data folder of its own. */
export async function withApp<T>(
  work: (app: NestFastifyApplication, dialects: readonly Dialect[]) => T | Promise<T>,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'parley-documents-'));
  const settings = readSettings({ DATA_DIR: scratch, PRELOAD_MODELS: '' });
  const app = await createApp(AppModule.forRoot(settings, REGISTRY), settings, createLogger('warn'));
  try {
    await app.init();
    return await work(app, REGISTRY);
  } finally {
    await app.close();
    rmSync(scratch, { recursive: true });
  }
}
