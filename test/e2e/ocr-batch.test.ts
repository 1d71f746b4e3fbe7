import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postForm, type FormFile } from '../support/forms.js';
import { get, type Answer } from '../support/http.js';
import { acceptedJob, LATER, listJobs, showJob, untilJob, untilState } from '../support/job-client.js';
import { metric } from '../support/metrics.js';
import { childrenOf, freeze, killHard, runnerOf } from '../support/processes.js';
import { printed } from '../support/printed.js';
import { startServer, type Server } from '../support/server.js';
import { startPostgres, startRedis } from '../support/store-servers.js';
import { until } from '../support/wait.js';

const COUNT = 6;
const TEXTS = Array.from({ length: COUNT }, (_, at) => `Page number ${String(at + 1)}`);
/** A job whose process was killed is taken up again when its lock has run out. */
const PATIENCE = { timeout: 150_000 };

let pages: FormFile[];
const servers: Server[] = [];
const folders: string[] = [];

beforeAll(async () => {
  pages = await Promise.all(
    TEXTS.map(async (text, at) => ({ name: `${String(at)}.png`, bytes: await printed([text], 480).png().toBuffer() })),
  );
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-ocr-'));
  folders.push(folder);
  return folder;
}

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<Server> {
  const server = await startServer({ ...options, env: { PRELOAD_MODELS: 'starter-ocr', ...options.env } });
  servers.push(server);
  return server;
}

function batch({ url }: Server, headers = {}): Promise<Answer> {
  const parts = pages.map((page) => ['files', page] as const);
  return postForm(`${url}/batch/ocr`, {}, parts, headers);
}

function expectAllRead(answer: Answer): void {
  const { results, ...counts } = answer.body as { results: { text: string }[] };
  expect(results.map(({ text }) => text)).toEqual(TEXTS);
  expect(counts).toEqual({ total: COUNT, successful: COUNT, failed: 0 });
}

describe('a batch', () => {
  it('is read to its end though the runner is killed under it', async () => {
    const server = await start();
    const runner = await runnerOf(server.pid);
    freeze(runner);
    const answering = batch(server);
    await until('a file to be at work', async () => (await metric(server.url, 'parley_requests_running')) > 0);
    killHard(runner);
    const answer = await answering;
    expect(answer.status).toBe(200);
    expectAllRead(answer);
    expect(await metric(server.url, 'parley_runner_restarts_total')).toBeGreaterThan(0);
  });

  it('goes on after the service was killed, and reads no file twice', PATIENCE, async () => {
    const dataDir = newFolder();
    const first = await start({ dataDir });
    const { id } = acceptedJob(await batch(first, LATER));
    await untilJob(first.url, id, ({ progress }) => (progress?.done ?? 0) >= 2);
    for (const runner of childrenOf(first.pid)) freeze(runner);
    const done = (await showJob(first.url, id)).progress?.done ?? 0;
    const ended = (await listJobs(first.url, '?kind=ocr&state=completed')).map((job) => job.id);
    expect(ended.length).toBeGreaterThanOrEqual(done);
    first.signal('SIGKILL');
    await first.exit;
    const second = await start({ dataDir });
    await untilState(second.url, id, 'completed');
    expectAllRead(await get(`${second.url}/jobs/${id}/result`));
    for (const job of ended) expect(await showJob(second.url, job)).toMatchObject({ state: 'completed', attempts: 1 });
  });

  it.each([
    ['Redis', startRedis],
    ['PostgreSQL', startPostgres],
  ])('is read by a worker that shares the folder of files, over %s', async (_, startStore) => {
    const store = await startStore();
    try {
      const env = { QUEUE_URL: store.url, FILES_DIR: newFolder() };
      const api = await start({ env: { ...env, ROLE: 'api', PRELOAD_MODELS: '' } });
      const worker = await start({ env: { ...env, ROLE: 'worker' } });
      const answer = await batch(api);
      expect(answer.status).toBe(200);
      expectAllRead(answer);
      expect(childrenOf(api.pid)).toEqual([]);
      expect(childrenOf(worker.pid)).toHaveLength(1);
    } finally {
      await Promise.all(servers.splice(0).map((server) => server.stop()));
      await store.dispose();
    }
  });
});
