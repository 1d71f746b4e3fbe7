import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get } from '../support/http.js';
import { listJobs, showJob, untilJob, untilState, type Job } from '../support/job-client.js';
import { metric, untilQueue } from '../support/metrics.js';
import {
  download,
  generate,
  generatedFiles,
  generateLater,
  IMAGE_MODEL,
  LONG_DRAWING,
  SMALL,
  untilNoFiles,
  untilSteps,
  urlsOf,
} from '../support/picture-client.js';
import { factsOf } from '../support/pictures-judged.js';
import { childrenOf, freeze, isRunning, killHard, runnerOf, thaw } from '../support/processes.js';
import { startServer, type Server } from '../support/server.js';
import { open, type Exchange } from '../support/streaming.js';
import { until } from '../support/wait.js';

const IDLE = { running: 0, waiting: 0 };
/** A job whose process was killed is taken up again when its lock has run out. */
const PATIENCE = { timeout: 200_000 };

const servers: Server[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(env: Readonly<Record<string, string>> = {}, dataDir?: string): Promise<Server> {
  const options = { env: { PRELOAD_MODELS: IMAGE_MODEL, ...env }, ...(dataDir !== undefined && { dataDir }) };
  const server = await startServer(options);
  servers.push(server);
  return server;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-images-'));
  folders.push(folder);
  return folder;
}

/** A client that waits for a picture which takes minutes, with previews on the disk, and the runner halted under it. */
async function halfDrawn(server: Server, path: string, body: object): Promise<{ asked: Exchange; id: string }> {
  const runner = await runnerOf(server.pid);
  const asked = open(`${server.url}${path}`, body);
  const id = await until('a drawing that is under way', async () => {
    const [job] = await listJobs(server.url, '?kind=image&state=active');
    return job !== undefined && (job.progress?.done ?? 0) > 0 ? job.id : undefined;
  });
  freeze(runner);
  return { asked, id };
}

async function expectNothingLeft(server: Server, runner: number): Promise<void> {
  await untilNoFiles(server);
  await untilQueue(server.url, IDLE);
  expect(childrenOf(server.pid)).toEqual([runner]);
  await untilState(server.url, await generateLater(server, SMALL), 'completed');
}

describe('a client that leaves while its picture is drawn', PATIENCE, () => {
  it.each<[path: string, body: object]>([
    ['/v1/images/generations', { ...LONG_DRAWING, preview_every: 1 }],
    ['/v1/images/generations', { ...LONG_DRAWING, n: 4, response_format: 'b64_json' }],
  ])('%s %j', async (path, body) => {
    const server = await start();
    const runner = await runnerOf(server.pid);
    const { asked, id } = await halfDrawn(server, path, body);
    if ('preview_every' in body) await until('a preview', () => generatedFiles(server).length > 0);
    asked.leave();
    const job = await untilState(server.url, id, 'cancelled');
    expect(job.result_url).toBeNull();
    thaw(runner);
    await expectNothingLeft(server, runner);
  });

  it('/generate/imagefromtext, before its first step', async () => {
    const server = await start();
    const runner = await runnerOf(server.pid);
    freeze(runner);
    const asked = open(`${server.url}/generate/imagefromtext`, { model_name: IMAGE_MODEL, prompt: SMALL.prompt });
    await untilQueue(server.url, { running: 1, waiting: 0 });
    const [{ id } = { id: '' }] = await listJobs(server.url, '?kind=image');
    asked.leave();
    await untilState(server.url, id, 'cancelled');
    thaw(runner);
    await expectNothingLeft(server, runner);
  });
});

describe('IMAGE_TIMEOUT', PATIENCE, () => {
  it('ends the wait with 504, and the job with it', async () => {
    const server = await start({ IMAGE_TIMEOUT: '1' });
    const runner = await runnerOf(server.pid);
    freeze(runner);
    expectError(await generate(server, SMALL), 'openai', 504);
    const [job, ...more] = await listJobs(server.url);
    expect(more).toEqual([]);
    await untilState(server.url, job?.id ?? '', 'cancelled');
    await untilQueue(server.url, IDLE);
    thaw(runner);
    await expectNothingLeft(server, runner);
  });

  it('is nothing to a job that nobody waits for', async () => {
    const server = await start({ IMAGE_TIMEOUT: '1' });
    const runner = await runnerOf(server.pid);
    freeze(runner);
    const id = await generateLater(server, SMALL);
    expectError(await generate(server, SMALL), 'openai', 504); // it has waited as long as one may
    expect(['queued', 'active']).toContain((await showJob(server.url, id)).state);
    thaw(runner);
    await untilState(server.url, id, 'completed');
  });
});

describe('kill -9 of the runner', PATIENCE, () => {
  const body = { ...SMALL, size: '512x512', n: 3, steps: 4, seed: 20 };

  it('in the middle of a job that nobody waits for: it is tried again, and keeps what was finished', async () => {
    const server = await start();
    const runner = await runnerOf(server.pid);
    const id = await generateLater(server, body);
    await untilSteps(server.url, id, body.steps + 1);
    freeze(runner);
    expect((await showJob(server.url, id)).state).toBe('active');
    const before = stampsOf(server);
    killHard(runner);
    const job = await untilState(server.url, id, 'completed');
    expect(job.attempts).toBe(2);
    expect(await metric(server.url, 'parley_runner_restarts_total')).toBeGreaterThan(0);
    await expectContinued(server, id, before, body);
  });

  it('while a client waits: it is told at once, and the next picture is drawn', async () => {
    const server = await start();
    const { asked, id } = await halfDrawn(server, '/v1/images/generations', LONG_DRAWING);
    killHard(await runnerOf(server.pid));
    expect((await asked.response).statusCode).toBe(502);
    expect(await showJob(server.url, id)).toMatchObject({ state: 'failed', error: { code: 'runner_crashed' } });
    await untilState(server.url, await generateLater(server, SMALL), 'completed');
  });
});

describe('kill -9 of the service', PATIENCE, () => {
  it('in the middle of several pictures: the next start keeps those that were finished, and draws the rest', async () => {
    const body = { ...SMALL, size: '512x512', n: 4, steps: 4, seed: 30 };
    const dataDir = newFolder();
    const first = await start({}, dataDir);
    const runner = await runnerOf(first.pid);
    const id = await generateLater(first, body);
    await untilSteps(first.url, id, body.steps + 1);
    freeze(runner);
    expect((await showJob(first.url, id)).state).toBe('active');
    const before = stampsOf(first);
    first.signal('SIGKILL');
    await first.exit;
    thaw(runner);
    await until('the end of the runner', () => !isRunning(runner));
    const second = await start({}, dataDir);
    const job = await untilJob(second.url, id, ({ state }) => state === 'completed');
    expect(job.attempts).toBeGreaterThan(1);
    expect(job.progress).toMatchObject({ done: 16, total: 16, unit: 'steps' });
    await expectContinued(second, id, before, body);
  });
});

/** Contents of the generated files, and when they were written. */
function stampsOf(server: Pick<Server, 'dataDir'>): Map<string, { bytes: Buffer; writtenAt: number }> {
  const pathOf = (name: string): string => join(server.dataDir, 'files', 'generated', name);
  return new Map(
    generatedFiles(server).map((name) => {
      const path = pathOf(name);
      return [name, { bytes: readFileSync(path), writtenAt: statSync(path).mtimeMs }];
    }),
  );
}

/** The result has the files that were there, as they were, before those that were drawn afterwards. */
async function expectContinued(
  server: Server,
  id: Job['id'],
  before: ReturnType<typeof stampsOf>,
  { n, seed }: { n: number; seed: number },
): Promise<void> {
  const urls = urlsOf(await get(`${server.url}/jobs/${id}/result`));
  const names = urls.map((url) => url.slice(url.lastIndexOf('/') + 1));
  expect(names).toHaveLength(n);
  const kept = names.filter((name) => before.has(name));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept).toEqual(names.slice(0, kept.length));
  // The last one may have been written and not yet noted when its time came.
  expect(before.size - kept.length).toBeLessThanOrEqual(1);
  const after = stampsOf(server);
  for (const name of kept) expect(after.get(name)).toEqual(before.get(name));
  const files = await Promise.all(urls.map((url) => download(url)));
  const texts = await Promise.all(files.map(async ({ bytes }) => (await factsOf(bytes)).texts.parameters));
  expect(texts.map((text) => /Seed: (\d+)/.exec(text ?? '')?.[1])).toEqual(names.map((_, at) => String(seed + at)));
}
