import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { HubService } from '../support/hub-service.js';
import { get, post, type Answer } from '../support/http.js';
import { acceptedJob, LATER, untilState } from '../support/job-client.js';
import { anyString } from '../support/matchers.js';
import { question } from '../support/questions.js';
import { startPostgres, startRedis, type StoreServer } from '../support/store-servers.js';
import { firstPiece, open, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

/** Downloads that one process does at a time. */
const DOWNLOADS = 4;

const LAUNCH = { model_name: 'starter-chat', n_ctx: 512 };

function launchLater(base: string): Promise<Answer> {
  return post(`${base}/ml-backend/model/launch`, LAUNCH, LATER);
}

function pullLater(base: string, model: string): Promise<Answer> {
  return post(`${base}/rkllama/pull`, { model }, LATER);
}

/** Nothing that needs a job works; every refusal is in its dialect's words and says when to come again. */
async function expectNoJobs(base: string): Promise<void> {
  const refusals = {
    launch: await launchLater(base),
    pull: await post(`${base}/rkllama/pull`, { model: 'hf/user/repo/file.gguf' }),
    list: await get(`${base}/jobs`),
    show: await get(`${base}/jobs/pull_0123456789abcdef01234567`),
  };
  expectError(refusals.launch, 'ml-backend', 503);
  expectError(refusals.pull, 'rkllama', 503);
  for (const { status, body } of [refusals.list, refusals.show]) {
    expect({ status, body }).toEqual({ status: 503, body: { detail: anyString } });
  }
  for (const { headers } of Object.values(refusals)) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

/** Text and probes do not care for the store. */
async function expectText(base: string): Promise<void> {
  for (const dialect of ['openai', 'llama-local'] as const) {
    const { path, body } = question(dialect, 'What is the capital of France?', false);
    const { status, text } = await post(`${base}${path}`, body);
    expect({ dialect, status, text }).toMatchObject({ status: 200, text: expect.stringContaining('Paris') as unknown });
  }
  for (const probe of ['live', 'ready', 'startup']) {
    expect({ probe, status: (await get(`${base}/healthz/${probe}`)).status }).toEqual({ probe, status: 200 });
  }
}

/** A job that is asked for once the store is back is done. */
async function expectJobsWorkAgain(base: string): Promise<void> {
  const answer = await until('the store to be noticed', async () => {
    const launch = await launchLater(base);
    return launch.status === 503 ? undefined : launch;
  });
  await untilState(base, acceptedJob(answer).id, 'completed');
}

describe.each([
  { name: 'Redis', startStore: startRedis },
  { name: 'PostgreSQL', startStore: startPostgres },
])('a service whose $name goes away', ({ startStore }) => {
  let store: StoreServer;
  let service: HubService | undefined;

  beforeEach(async () => {
    store = await startStore();
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await store.dispose();
  });

  async function start(): Promise<HubService> {
    service = await HubService.start({ env: { QUEUE_URL: store.url } });
    return service;
  }

  it('refuses jobs and serves text, and does later what was asked for before', async () => {
    const running = await start();
    const { url } = running;
    const ids: string[] = [];
    const holds = [];
    for (let download = 0; download < DOWNLOADS; download++) {
      const file = await running.newHeldFile();
      ids.push(acceptedJob(await pullLater(url, file.model)).id);
      holds.push(file.hold);
    }
    await Promise.all(holds.map(({ reached }) => reached));
    const waiting = acceptedJob(await pullLater(url, (await running.newFile()).model));
    expect(waiting).toMatchObject({ state: 'queued', position: 1 });

    await store.stop();
    await expectNoJobs(url);
    await expectText(url);
    for (const hold of holds) hold.release(); // the downloads end while nobody can be told

    await store.start();
    await expectJobsWorkAgain(url);
    for (const id of [...ids, waiting.id]) await untilState(url, id, 'completed');
  });

  it('tells a client that waits for a download of its end, though it happened during the outage', async () => {
    const running = await start();
    const { url } = running;
    const { model, hold } = await running.newHeldFile();
    const response = await open(`${url}/rkllama/pull`, { model }).response;
    expect(await firstPiece(response)).toContain('Téléchargement');
    await store.stop();
    await expectNoJobs(url);
    hold.release();
    await store.start();
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    expect(text).toMatch(/\n100%\n$/);
  });

  it('may be started before the store is there', async () => {
    await store.stop();
    const { url } = await start();
    await expectNoJobs(url);
    await expectText(url);
    await store.start();
    await expectJobsWorkAgain(url);
  });

  it('ends when it is told to, in the middle of an outage', async () => {
    const running = await start();
    const { url } = running;
    const { model, hold } = await running.newHeldFile();
    acceptedJob(await pullLater(url, model));
    await hold.reached;
    await store.stop();
    await expectNoJobs(url);
    expect(await running.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await store.start();
    hold.release();
    await running.startAgain();
    const [job] = ((await get(`${running.url}/jobs`)).body as { jobs: { id: string }[] }).jobs;
    await untilState(running.url, job?.id ?? '', 'completed');
  });

  it('ends when it is told to, before the store was ever there', async () => {
    await store.stop();
    const running = await start();
    expect(await running.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
