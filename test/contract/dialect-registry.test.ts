import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Get, Module } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dialect } from '../../src/http/routing/dialect.js';
import { disagreements } from '../../tools/documents/disagreements.js';
import { operationsOf, type ApiDocument } from '../../tools/documents/documented.js';
import { compatibilityPage } from '../../tools/documents/page.js';
import { get } from '../support/http.js';
import { freePort } from '../support/server.js';

/** The built service: dialects share its classes. */
const DIST = new URL('../../dist/', import.meta.url);
const load = (module: string): Promise<unknown> => import(new URL(module, DIST).href);
const { createApp } = (await load('http/app.setup.js')) as typeof import('../../src/http/app.setup.js');
const { AppModule } = (await load('app.module.js')) as typeof import('../../src/app.module.js');
const { REGISTRY } = (await load('dialects/registry.js')) as typeof import('../../src/dialects/registry.js');
const { ParleyError } = (await load('inference/errors.js')) as typeof import('../../src/inference/errors.js');
const { DialectController } = (await load(
  'http/routing/dialect.js',
)) as typeof import('../../src/http/routing/dialect.js');
const ports = (await load('http/server/dialect-ports.js')) as typeof import('../../src/http/server/dialect-ports.js');
const { readSettings } = (await load('config/settings.js')) as typeof import('../../src/config/settings.js');
const logging = (await load(
  'observability/logging/logging.js',
)) as typeof import('../../src/observability/logging/logging.js');

@ApiTags('toy')
@DialectController('toy')
class ToyController {
  @Get('v1/toys')
  @ApiOperation({ operationId: 'listToys', summary: 'The toys' })
  list(): object {
    return { toys: ['ball'] };
  }

  @Get('v1/toys/broken')
  @ApiOperation({ operationId: 'getBrokenToy', summary: 'A toy that is not there' })
  broken(): never {
    throw new ParleyError('model_not_found', 'There is no such toy.');
  }
}

@Module({ controllers: [ToyController] })
class ToyModule {}

const TOY: Dialect = {
  name: 'toy',
  legacyPort: 9999,
  module: ToyModule,
  renderError: (error, status) => ({ status: status + 10, body: { toyError: error.message } }),
  compatibility: () =>
    Promise.resolve({
      operations: { listToys: { example: {}, parameters: {} }, getBrokenToy: { example: {}, parameters: {} } },
      missing: { 'POST /v1/toys': 'Toys are given, not made' },
    }),
};

let app: NestFastifyApplication;
let url: string;
let ownPort: number;
let ownServers: Server[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-toy-'));
  ownPort = await freePort();
  const settings = readSettings({ DATA_DIR: folder, PRELOAD_MODELS: '', DIALECT_PORTS: `${String(ownPort)}=toy` });
  const dialects = [...REGISTRY, TOY];
  ports.assertKnownDialects(settings.dialectPorts, dialects);
  app = await createApp(AppModule.forRoot(settings, dialects), settings, logging.createLogger('warn'));
  await app.listen(0, '127.0.0.1');
  ownServers = await ports.openDialectPorts(app.getHttpAdapter().getInstance(), settings);
  url = await app.getUrl();
});
afterAll(async () => {
  for (const server of ownServers) server.close();
  await app.close();
  rmSync(folder, { recursive: true });
});

it.each([
  ['the root', () => url],
  ['its prefix', () => `${url}/toy`],
  ['its port', () => `http://127.0.0.1:${String(ownPort)}`],
])('a registered dialect answers at %s, in its own error bodies', async (_, base) => {
  expect(await get(`${base()}/v1/toys`)).toMatchObject({ status: 200, body: { toys: ['ball'] } });
  const broken = await get(`${base()}/v1/toys/broken`);
  expect(broken).toMatchObject({ status: 414, body: { toyError: 'There is no such toy.' } });
});

it('a registered dialect renders unknown paths under its prefix and on its port', async () => {
  for (const base of [`${url}/toy`, `http://127.0.0.1:${String(ownPort)}`]) {
    expect(await get(`${base}/nowhere`)).toMatchObject({
      status: 414,
      body: { toyError: expect.any(String) as string },
    });
  }
});

it('a registered dialect has an OpenAPI document and a section on the compatibility page', async () => {
  const { body } = await get(`${url}/openapi/toy.json`);
  const operations = operationsOf(body as ApiDocument);
  expect(operations.map(({ id }) => id)).toEqual(['listToys', 'getBrokenToy']);
  const support = await TOY.compatibility();
  expect(disagreements(support, operations)).toEqual([]);
  const page = compatibilityPage([{ name: 'toy', support, operations }]);
  expect(page).toContain('## toy');
  expect(page).toContain('POST /v1/toys');
});
