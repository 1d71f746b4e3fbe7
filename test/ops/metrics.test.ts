import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../support/http.js';
import { acceptedJob, LATER } from '../support/job-client.js';
import { startServer, type Server } from '../support/server.js';
import { startRedis, type StoreServer } from '../support/store-servers.js';
import { until } from '../support/wait.js';

/** The value of the one sample that begins so; null while it is not there. */
async function sample(server: Server, beginning: string): Promise<number | null> {
  const { status, text } = await get(`${server.url}/metrics`);
  expect(status).toBe(200);
  const line = text.split('\n').find((each) => each.startsWith(beginning));
  return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')));
}

describe('jobs that wait', () => {
  const WAITING = 'parley_jobs_waiting{kind="pull"}';
  let store: StoreServer;
  let api: Server;

  beforeAll(async () => {
    store = await startRedis();
    api = await startServer({ env: { ROLE: 'api', QUEUE_URL: store.url, PRELOAD_MODELS: '' } });
  });
  afterAll(async () => {
    await api.stop();
    await store.dispose();
  });

  it('are shown while no worker has taken them, and hidden while the store is away', async () => {
    await until('the store to be asked', async () => (await sample(api, WAITING)) === 0 || undefined);
    const pull = (file: string) => post(`${api.url}/rkllama/pull`, { model: `hf/user/repo/${file}` }, LATER);
    acceptedJob(await pull('one.gguf'));
    acceptedJob(await pull('two.gguf'));
    expect(await sample(api, WAITING)).toBe(2);
    await store.stop();
    await until('a scrape that does not say', async () => (await sample(api, WAITING)) === null || undefined);
    expect(await sample(api, 'parley_jobs_running{kind="pull"}')).toBe(0);
  });
});

describe('a scrape', () => {
  let server: Server;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('does not open the embedded store to say that nothing waits', async () => {
    expect(await sample(server, 'parley_jobs_waiting{kind="ocr"}')).toBe(0);
    expect(existsSync(join(server.dataDir, 'store'))).toBe(false);
  });

  it('has every answer by status and by whose route it was', async () => {
    const NOT_FOUND = 'parley_http_responses_total{dialect="openai",status="404"}';
    const REFUSED = 'parley_http_responses_total{dialect="openai",status="400"}';
    expect(await sample(server, NOT_FOUND)).toBeNull();
    for (let count = 0; count < 3; count++) await get(`${server.url}/openai/nothing`);
    expect((await post(`${server.url}/openai/v1/chat/completions`, { model: 7 })).status).toBe(400);
    expect([await sample(server, NOT_FOUND), await sample(server, REFUSED)]).toEqual([3, 1]);
  });

  it('has the queue of a model that nobody has asked yet', async () => {
    for (const name of ['requests_running', 'requests_waiting', 'queue_drain_seconds']) {
      expect(await sample(server, `parley_${name}{model="starter-chat"}`)).toBe(0);
    }
  });

  it('says whether the process is ready', async () => {
    expect(await sample(server, 'parley_ready{role="all"}')).toBe(1);
  });
});
