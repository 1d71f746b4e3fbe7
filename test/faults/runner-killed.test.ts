import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { post, type Answer } from '../support/http.js';
import { metric, untilQueue } from '../support/metrics.js';
import { childrenOf, freeze, isRunning, killHard, runnerOf, thaw } from '../support/processes.js';
import { ask, DIALECTS, loadThroughRkllama, LONG, LONG_ANSWER, question } from '../support/questions.js';
import { startServer, type Dialect, type Server } from '../support/server.js';
import { firstPiece, ndjsonLines, readToEnd, sseEvents, type Exchange } from '../support/streaming.js';
import { errorOf } from '../medium/support/errors.js';
import { loadFixture, texts } from '../medium/support/fixture-runner.js';
import { rawTask } from '../medium/support/tasks.js';

const WHOLE = DIALECTS.filter((dialect) => dialect !== 'ml-backend');

let server: Server;
let runner: number;

// The same service all along: each crash must leave it as it was.
beforeAll(async () => {
  server = await startServer({ env: { SLOTS: '1' } });
  await loadThroughRkllama(server);
});
beforeEach(async () => {
  await expectAnswering('openai');
  runner = await runnerOf(server.pid);
});
afterAll(() => server.stop());

/** The stream of a dialect up to where its runner was killed. */
async function tornStream(dialect: Dialect): Promise<{ text: string; complete: boolean }> {
  const response = await ask(server, dialect, LONG, true).response;
  expect(response.statusCode).toBe(200);
  await firstPiece(response);
  killHard(runner);
  return readToEnd(response);
}

async function expectAnswering(dialect: Dialect): Promise<void> {
  const response = await ask(server, dialect, 'Hello!', false).response;
  const { text } = await readToEnd(response);
  expect({ status: response.statusCode, text }).toMatchObject({ status: 200 });
  expect(text).toContain('Hello! How can I help you today?');
}

describe('a runner that dies in the middle of a stream', () => {
  it('openai: a last event with error, and no [DONE]; the next request is answered', async () => {
    const { text, complete } = await tornStream('openai');
    expect(complete).toBe(true);
    const events = sseEvents(text);
    expect(events.length).toBeGreaterThan(1);
    expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({
      error: { code: 'runner_crashed', type: 'server_error' },
      code: 502,
    });
    expect(events).not.toContain('[DONE]');
    await expectAnswering('openai');
  });

  it('llama-local: a last event that begins with [ERROR]; the next request is answered', async () => {
    const { text, complete } = await tornStream('llama-local');
    expect(complete).toBe(true);
    const events = sseEvents(text);
    expect(events.length).toBeGreaterThan(1);
    expect(events.at(-1)).toMatch(/^\[ERROR\] ./);
    expect(events).not.toContain('[DONE]');
    await expectAnswering('llama-local');
  });

  it('rkllama: a last line with error', async () => {
    const { text, complete } = await tornStream('rkllama');
    expect(complete).toBe(true);
    const lines = ndjsonLines(text);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.at(-1)).toEqual({ error: expect.stringMatching(/./) as unknown });
  });

  it('rkllama: the current model is still the current one, and the next request is answered', async () => {
    await tornStream('rkllama');
    await expectAnswering('rkllama');
  });

  it('ml-backend: the connection is cut; the next request is answered', async () => {
    const { text, complete } = await tornStream('ml-backend');
    expect(complete).toBe(false);
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(LONG_ANSWER.length);
    expect(LONG_ANSWER.startsWith(text)).toBe(true);
    await expectAnswering('ml-backend');
  });

  it('ml-backend: the torso does not join the history', async () => {
    const hear = (prompt: string): Promise<Answer> =>
      post(`${server.url}/generate/fromtext`, { model_name: 'starter-chat', prompt }, { 'x-session-id': 'torn' });
    await hear('What is 2 + 3?');
    freeze(runner);
    const torn = hear(LONG);
    await untilQueue(server.url, { running: 1, waiting: 0 });
    killHard(runner);
    expectError(await torn, 'ml-backend', 502);
    expect((await hear('What did I just say?')).text).toBe('You said: What is 2 + 3?');
  });
});

describe('a runner that dies before the first byte', () => {
  it.each(DIALECTS)('%s: 502, streaming or not, and it is counted', async (dialect) => {
    const restarts = await metric(server.url, 'parley_runner_restarts_total');
    freeze(runner);
    const { path, body } = question(dialect, LONG, true);
    const answering = post(`${server.url}${path}`, body);
    await untilQueue(server.url, { running: 1, waiting: 0 });
    killHard(runner);
    expectError(await answering, dialect, 502);
    expect(await metric(server.url, 'parley_runner_restarts_total')).toBe(restarts + 1);
  });

  it.each(WHOLE)('%s: 502 for who does not stream', async (dialect) => {
    freeze(runner);
    const { path, body } = question(dialect, LONG, false);
    const answering = post(`${server.url}${path}`, body);
    await untilQueue(server.url, { running: 1, waiting: 0 });
    killHard(runner);
    expectError(await answering, dialect, 502);
  });

  it('does not lose a request that waits in the queue', async () => {
    freeze(runner);
    const first = ask(server, 'openai', LONG, false);
    await untilQueue(server.url, { running: 1, waiting: 0 });
    const second = ask(server, 'ml-backend', LONG, true);
    await untilQueue(server.url, { running: 1, waiting: 1 });
    const third = ask(server, 'llama-local', LONG, false);
    await untilQueue(server.url, { running: 1, waiting: 2 });
    killHard(runner);
    expect((await first.response).statusCode).toBe(502);
    expect(await readToEnd(await second.response)).toEqual({ text: LONG_ANSWER, complete: true });
    expect((await readToEnd(await third.response)).text).toContain(LONG_ANSWER);
    await untilQueue(server.url, { running: 0, waiting: 0 });
  });
});

type End = 'whole' | 'error';

/** How a stream ended; throws when it was neither whole nor ended with its dialect's error. */
async function endOf(dialect: Dialect, { response }: Exchange): Promise<End> {
  const answer = await response;
  const { text, complete } = await readToEnd(answer);
  if (answer.statusCode === 502) return 'error';
  expect(answer.statusCode).toBe(200);
  if (!complete) {
    expect(dialect).toBe('ml-backend');
    return 'error';
  }
  if (dialect === 'ml-backend') expect(text).toBe(LONG_ANSWER);
  else expect(text).toMatch(/\[DONE\]\n\n$|"error":|\[ERROR\]|"done":true|"finish_reason":"stop"/);
  return /"error":|\[ERROR\]/.test(text) ? 'error' : 'whole';
}

describe('a runner that dies under many streams', () => {
  const SLOTS = 8;
  let wide: Server;
  beforeAll(async () => {
    wide = await startServer({ env: { SLOTS: String(SLOTS) } });
    await loadThroughRkllama(wide);
  });
  afterAll(() => wide.stop());

  it('costs those that ran, each with its dialect’s error; who waited and other models notice nothing', async () => {
    const victim = await runnerOf(wide.pid);
    const embedding = { model: 'starter-embed', input: 'Hello!' };
    expect((await post(`${wide.url}/v1/embeddings`, embedding)).status).toBe(200);
    const [other = 0] = childrenOf(wide.pid).filter((pid) => pid !== victim);
    freeze(victim);
    const asked = Array.from({ length: 2 * SLOTS }, (_, at) => DIALECTS[at % DIALECTS.length] ?? 'openai').map(
      (dialect) => ({ dialect, exchange: ask(wide, dialect, LONG, true) }),
    );
    await untilQueue(wide.url, { running: SLOTS, waiting: SLOTS });
    thaw(victim);
    const [first] = asked;
    if (first !== undefined) await firstPiece(await first.exchange.response);
    killHard(victim);
    const ends = await Promise.all(asked.map(({ dialect, exchange }) => endOf(dialect, exchange)));
    const lost = ends.filter((end) => end === 'error').length;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(SLOTS);
    expect(isRunning(other)).toBe(true);
    expect((await post(`${wide.url}/v1/embeddings`, embedding)).status).toBe(200);
    await untilQueue(wide.url, { running: 0, waiting: 0 });
  });
});

describe('a runner that aborts', () => {
  it('by a crash: running requests end with its last words, after what had come', async () => {
    const { runner } = await loadFixture('crashes-in-run');
    const run = runner.run(rawTask('x'), 's');
    expect(await texts(run, 1)).toEqual(['half']);
    const error = await errorOf(texts(run));
    expect(error.code).toBe('runner_crashed');
    expect(error.message).toContain('GGML_ASSERT(x != NULL) failed');
    expect(error.message).not.toContain('/build');
    expect(await runner.ended).toMatchObject({ expected: false });
    expect((await runner.ended).reason).toContain('exit code 134');
  });
});
