import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeHub, type FakeHub } from '../support/fake-hub.js';
import { get, post } from '../support/http.js';
import { acceptedJob, LATER, showJob, untilState } from '../support/job-client.js';
import { question } from '../support/questions.js';
import { spawnServer, startServer, type Server } from '../support/server.js';
import { startRedis, type StoreServer } from '../support/store-servers.js';
import { firstPiece, open, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

const MIB = 1024 ** 2;
const FILE = 'user/repo/file.gguf';
/** A dead worker's job is free after 15 s, and others look for such jobs every 5 s. */
const TAKEOVER_TIMEOUT_MS = 120_000;

describe('the service in parts', () => {
  let store: StoreServer;
  let hub: FakeHub;
  let modelsDir: string;
  const servers: Server[] = [];

  beforeEach(async () => {
    store = await startRedis();
    hub = await startFakeHub({ 'user/repo': { 'file.gguf': Buffer.alloc(MIB, 7) } });
    modelsDir = mkdtempSync(join(tmpdir(), 'parley-models-'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await hub.stop();
    await store.dispose();
    rmSync(modelsDir, { recursive: true, force: true });
  });

  /** Each part has a data folder of its own; the store and the models are everybody's. */
  async function start(role: 'api' | 'worker'): Promise<Server> {
    const env = { ROLE: role, QUEUE_URL: store.url, MODELS_DIR: modelsDir };
    const server = await startServer({ env: { ...env, HF_ENDPOINT: hub.url, EGRESS_ALLOW: '127.0.0.1' } });
    servers.push(server);
    return server;
  }

  async function pullsAt({ url }: Server): Promise<number> {
    const { text } = await get(`${url}/metrics`);
    return Number(/^parley_jobs_running\{kind="pull"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  function busyOne(workers: readonly Server[]): Promise<Server> {
    return until('a worker at work', async () => {
      for (const worker of workers) if ((await pullsAt(worker)) === 1) return worker;
      return undefined;
    });
  }

  it('does at a worker what is asked for at the api, and launches models at the api', async () => {
    const [api, worker] = [await start('api'), await start('worker')];
    const hold = hub.hold(FILE, MIB / 2);
    const { id } = acceptedJob(await post(`${api.url}/rkllama/pull`, { model: `hf/${FILE}` }, LATER));
    await hold.reached;
    expect([await pullsAt(api), await pullsAt(worker)]).toEqual([0, 1]);
    const launch = { model_name: 'starter-chat', n_ctx: 2048 };
    const launched = acceptedJob(await post(`${api.url}/ml-backend/model/launch`, launch, LATER));
    await untilState(api.url, launched.id, 'completed');
    hold.release();
    await untilState(api.url, id, 'completed');
    expect((await get(`${api.url}/jobs/${id}/result`)).text).toMatch(/\n100%\n$/);
    expect(((await get(`${api.url}/rkllama/models`)).body as { models: string[] }).models).toContain('file.gguf');
  });

  it(
    'hands the download of a worker that is killed to another, and the client sees it through',
    async () => {
      const [api, ...workers] = [await start('api'), await start('worker'), await start('worker')];
      const hold = hub.hold(FILE, MIB / 2);
      const response = await open(`${api.url}/rkllama/pull`, { model: `hf/${FILE}` }).response;
      await hold.reached;
      expect(await firstPiece(response)).toContain('Téléchargement file.gguf');
      const first = await busyOne(workers);
      const others = workers.filter((worker) => worker !== first);
      first.signal('SIGKILL');
      await first.exit;
      const { text, complete } = await readToEnd(response); // the hold was for the first transfer alone
      expect(complete).toBe(true);
      expect(text).toMatch(/\n100%\n$/);
      const jobs = ((await get(`${api.url}/jobs`)).body as { jobs: object[] }).jobs;
      expect(jobs).toMatchObject([{ state: 'completed', attempts: 2, error: null }]);
      expect((await get(`${others[0]?.url ?? ''}/metrics`)).text).toContain(
        'parley_jobs_total{kind="pull",outcome="completed"} 1\n',
      );
      expect(hub.transfersOf(FILE)).toHaveLength(2);
    },
    TAKEOVER_TIMEOUT_MS,
  );

  it('hands the download of a worker that is told to end to another at once', async () => {
    const [api, first] = [await start('api'), await start('worker')];
    const hold = hub.hold(FILE, MIB / 2);
    const { id } = acceptedJob(await post(`${api.url}/rkllama/pull`, { model: `hf/${FILE}` }, LATER));
    await hold.reached;
    first.signal('SIGTERM');
    expect(await first.exit).toEqual({ code: 0, signal: null });
    expect(await showJob(api.url, id)).toMatchObject({ state: 'queued', error: null });
    await start('worker');
    expect(await untilState(api.url, id, 'completed')).toMatchObject({ error: null });
    // Its workers may have met the job once more while they closed, but not again and again.
    expect((await showJob(api.url, id)).attempts).toBeLessThanOrEqual(3);
  });

  it('cancels at a worker what is cancelled at the api', async () => {
    const [api, worker] = [await start('api'), await start('worker')];
    const hold = hub.hold(FILE, MIB / 2);
    const { id } = acceptedJob(await post(`${api.url}/rkllama/pull`, { model: `hf/${FILE}` }, LATER));
    await hold.reached;
    const { text } = await fetch(`${api.url}/jobs/${id}`, { method: 'DELETE' }).then(async (answer) => ({
      text: await answer.text(),
    }));
    expect(JSON.parse(text)).toMatchObject({ id, state: 'cancelled' });
    await until('the end of the work', async () => (await pullsAt(worker)) === 0 || undefined);
    hold.release();
  });

  it('answers probes and scrapes at a worker, and nothing else', async () => {
    const { url } = await start('worker');
    for (const path of ['/healthz/live', '/healthz/ready', '/healthz/startup', '/metrics']) {
      expect({ path, status: (await get(`${url}${path}`)).status }).toEqual({ path, status: 200 });
    }
    for (const dialect of ['ml-backend', 'openai', 'rkllama', 'llama-local'] as const) {
      const { path, body } = question(dialect, 'Hello!', false);
      expect({ path, status: (await post(`${url}${path}`, body)).status }).toEqual({ path, status: 404 });
    }
    for (const path of ['/', '/models', '/v1/models', '/generate', '/jobs', '/docs', '/openapi.json']) {
      expect({ path, status: (await get(`${url}${path}`)).status }).toEqual({ path, status: 404 });
    }
  });

  it.each(['api', 'worker'])('does not start as %s without a store that the others can reach', async (role) => {
    const server = await spawnServer({ env: { ROLE: role } });
    try {
      expect(await server.exit).toEqual({ code: 1, signal: null });
      expect(server.logs()).toMatch(new RegExp(`^parley: ROLE=${role} needs QUEUE_URL: [^\\n]+\\n$`));
    } finally {
      await server.stop();
    }
  });
});
