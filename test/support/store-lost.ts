import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectError } from './error-shapes.js';
import { HubService } from './hub-service.js';
import { get, post, type Answer } from './http.js';
import { acceptedJob, LATER, untilState } from './job-client.js';
import { anyString } from './matchers.js';
import { question } from './questions.js';
import { startServer } from './server.js';
import type { StoreServer } from './store-servers.js';
import { firstPiece, open, readToEnd } from './streaming.js';
import { until } from './wait.js';

/** Downloads that one process does at a time. */
const DOWNLOADS = 4;
const LAUNCH = { model_name: 'starter-chat', n_ctx: 2048 };
const WENDY = { 'x-session-id': 'wendy' };

function launchLater(base: string): Promise<Answer> {
  return post(`${base}/ml-backend/model/launch`, LAUNCH, LATER);
}

function pullLater(base: string, model: string): Promise<Answer> {
  return post(`${base}/rkllama/pull`, { model }, LATER);
}

/** Says something in a conversation that the service remembers. */
function say(base: string, prompt: string): Promise<Answer> {
  return post(`${base}/ml-backend/generate/fromtext`, { model_name: 'starter-chat', prompt }, WENDY);
}

/** Nothing that needs the store works; every refusal is in its dialect's words and says when to come again. */
async function expectNoStore(base: string): Promise<void> {
  const [launch, pull, chat, list, show, kept] = await Promise.all([
    launchLater(base),
    post(`${base}/rkllama/pull`, { model: 'hf/user/repo/file.gguf' }),
    say(base, 'What is my name?'),
    get(`${base}/jobs`),
    get(`${base}/jobs/pull_0123456789abcdef01234567`),
    post(`${base}/v1/responses`, {
      model: 'starter-chat',
      input: 'Hello!',
      previous_response_id: `resp_${'0'.repeat(48)}`,
    }),
  ]);
  expectError(launch, 'ml-backend', 503);
  expectError(pull, 'rkllama', 503);
  expectError(chat, 'ml-backend', 503);
  expectError(kept, 'openai', 503);
  for (const { status, body } of [list, show]) {
    expect({ status, body }).toEqual({ status: 503, body: { detail: anyString } });
  }
  for (const { headers } of [launch, pull, chat, list, show, kept]) {
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
}

/** Text and probes do not care for the store, and rates are counted without it. */
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

/** What a service on a store server goes through when that stops, and comes back. */
export function storeLostSuite(startStore: () => Promise<StoreServer>): void {
  let store: StoreServer;
  let service: HubService;

  beforeAll(async () => {
    store = await startStore();
    service = await HubService.start({ env: { QUEUE_URL: store.url, RATE_LIMIT: '100000/1' } });
  });
  afterAll(async () => {
    await service.stop();
    await store.dispose();
  });

  it('refuses what needs it, serves text meanwhile, and loses nothing that was accepted', async () => {
    const { url } = service;
    expect((await say(url, 'My name is Wendy.')).status).toBe(200);
    const followed = await service.newHeldFile();
    const response = await open(`${url}/rkllama/pull`, { model: followed.model }).response;
    expect(await firstPiece(response)).toContain('Téléchargement');
    const holds = [followed.hold];
    const ids: string[] = [];
    for (let download = 1; download < DOWNLOADS; download++) {
      const file = await service.newHeldFile();
      ids.push(acceptedJob(await pullLater(url, file.model)).id);
      holds.push(file.hold);
    }
    await Promise.all(holds.map(({ reached }) => reached));
    const waiting = acceptedJob(await pullLater(url, (await service.newFile()).model));
    expect(waiting).toMatchObject({ state: 'queued', position: 1 });

    await store.stop();
    await expectNoStore(url);
    await expectText(url);
    for (const hold of holds) hold.release(); // the downloads end while nobody can be told

    await store.start();
    await expectJobsWorkAgain(url);
    for (const id of [...ids, waiting.id]) await untilState(url, id, 'completed');
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    expect(text).toMatch(/\n100%\n$/);
    expect((await say(url, 'What is my name?')).text).toBe('Your name is Wendy.');
  });

  it('ends when it is told to in the middle of an outage, and may be started before the outage is over', async () => {
    const { model, hold } = await service.newHeldFile();
    const { id } = acceptedJob(await pullLater(service.url, model));
    await hold.reached;
    await store.stop();
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });

    await service.startAgain();
    await expectNoStore(service.url);
    await expectText(service.url);
    await store.start();
    hold.release();
    await untilState(service.url, await until('the jobs to be listed', () => listed(id)), 'completed');
    await expectJobsWorkAgain(service.url);
  });

  it('ends when it is told to, before the store was ever there', async () => {
    await store.stop();
    const server = await startServer({ env: { QUEUE_URL: store.url, PRELOAD_MODELS: '' } });
    server.signal('SIGTERM');
    expect(await server.exit).toEqual({ code: 0, signal: null });
    await server.stop();
  });

  async function listed(id: string): Promise<string | undefined> {
    const { status, body } = await get(`${service.url}/jobs/${id}`);
    expect([200, 503]).toContain(status);
    return status === 200 ? (body as { id: string }).id : undefined;
  }
}
