import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectError, messageOf } from '../support/error-shapes.js';
import { get, post, type Answer } from '../support/http.js';
import { metric, untilQueue } from '../support/metrics.js';
import { freeze, runnerOf, thaw } from '../support/processes.js';
import { ask, DIALECTS, loadThroughRkllama, LONG, question } from '../support/questions.js';
import { startServer, type Dialect, type Server } from '../support/server.js';
import { firstPiece, open, readToEnd, sseEvents } from '../support/streaming.js';
import { until } from '../support/wait.js';

const HEADER = 'X-Request-Deadline';

let server: Server;
let runner: number;

beforeAll(async () => {
  server = await startServer({ env: { SLOTS: '1' } });
  runner = await runnerOf(server.pid);
  await loadThroughRkllama(server);
});
afterAll(() => server.stop());
beforeEach(() => {
  thaw(runner);
});
afterEach(() => {
  thaw(runner);
});

function askUntil(deadline: string, dialect: Dialect = 'openai', prompt = 'Hello!'): Promise<Answer> {
  const { path, body } = question(dialect, prompt, false);
  return post(`${server.url}${path}`, body, { [HEADER]: deadline });
}

/** RFC 3339, so many seconds from now. */
function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

describe('the header', () => {
  const TIMES = ['60', '60.5', '60s', inSeconds(600), inSeconds(600).replace('Z', '+00:00'), '9999-12-31T00:00:00Z'];

  it('may be seconds from now, or a time', async () => {
    for (const deadline of TIMES) {
      expect({ deadline, status: (await askUntil(deadline)).status }).toEqual({ deadline, status: 200 });
    }
  });

  const NO_TIMES = ['', 'soon', '-5', '1e3', '5 s', '5m', '0x10', 'NaN', '2026-01-01', '2099-13-01T00:00:00Z'];

  it.each([...NO_TIMES, '2099-01-01T00:00:00'])('may not be "%s"', async (deadline) => {
    const answer = await askUntil(deadline);
    expectError(answer, 'openai', 400);
    expect(messageOf(answer)).toContain(HEADER);
    expect(answer.body).toMatchObject({ error: { param: HEADER } });
  });

  it.each(DIALECTS)('is refused in the words of %s', async (dialect) => {
    const malformed = await askUntil('soon', dialect);
    expectError(malformed, dialect, 400);
    expect(messageOf(malformed)).toContain(HEADER);
    for (const past of ['0', '0.0s', inSeconds(-1), '1999-12-31T23:59:59+02:00']) {
      expectError(await askUntil(past, dialect), dialect, 504);
    }
  });
});

describe('a deadline', () => {
  afterEach(async () => {
    thaw(runner);
    await untilQueue(server.url, { running: 0, waiting: 0 });
  });

  it('ends a request that waits for its turn, and frees its place', async () => {
    const { path, body } = question('openai', 'Hello!', false);
    // A short one, so that the measured wait is within the deadline.
    expect(await post(`${server.url}${path}`, { ...body, max_tokens: 1 })).toMatchObject({ status: 200 });
    freeze(runner);
    const running = ask(server, 'openai', 'Hello!', false);
    await untilQueue(server.url, { running: 1, waiting: 0 });
    const late = askUntil('4');
    await untilQueue(server.url, { running: 1, waiting: 1 });
    const answer = await late;
    expectError(answer, 'openai', 504);
    expect(messageOf(answer)).toBe('The time of X-Request-Deadline was over before the answer was.');
    await untilQueue(server.url, { running: 1, waiting: 0 });
    thaw(runner);
    expect((await running.response).statusCode).toBe(200);
  });

  it('ends an answer that is being made', async () => {
    freeze(runner);
    expectError(await askUntil('0.3', 'openai', LONG), 'openai', 504);
    await untilQueue(server.url, { running: 0, waiting: 0 });
  });

  it('ends a stream with the error of its dialect, and frees its slot', async () => {
    const { path, body } = question('openai', LONG, true);
    const response = await open(`${server.url}${path}`, body, { [HEADER]: '3' }).response;
    await firstPiece(response);
    freeze(runner);
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    expect(JSON.parse(sseEvents(text).at(-1) ?? '')).toMatchObject({ error: { code: 'timeout' }, code: 504 });
    await untilQueue(server.url, { running: 0, waiting: 0 });
  });

  it('that the measured wait cannot meet is refused at once, with the estimate', async () => {
    for (let count = 0; count < 2; count++) expect(await askUntil('60', 'openai', LONG)).toMatchObject({ status: 200 });
    const before = await metric(server.url, 'parley_admission_rejections_total');
    freeze(runner);
    const crowd = Array.from({ length: 20 }, () => ask(server, 'openai', LONG, false));
    await untilQueue(server.url, { running: 1, waiting: 19 });
    const answer = await askUntil('0.3');
    expectError(answer, 'openai', 504);
    expect(messageOf(answer)).toMatch(/^The wait would be about \d+\.\d s, and X-Request-Deadline leaves 0\.\d s\.$/);
    expect(await metric(server.url, 'parley_admission_rejections_total')).toBe(before + 1);
    for (const exchange of crowd) exchange.leave();
  });
});

describe('a job', () => {
  const LONG_DRAWING = { prompt: 'a red circle', size: '1024x1024', steps: 200, seed: 1 };

  it('that is waited for is cancelled at the deadline', async () => {
    const answer = await post(`${server.url}/v1/images/generations`, LONG_DRAWING, { [HEADER]: '4' });
    expectError(answer, 'openai', 504);
    await until('a cancelled job', async () => {
      const { body } = await get(`${server.url}/jobs?state=cancelled`);
      return (body as { jobs: { kind: string }[] }).jobs.some(({ kind }) => kind === 'image') || undefined;
    });
  });

  it('that nobody waits for has none', async () => {
    const headers = { [HEADER]: '4', Prefer: 'respond-async' };
    const answer = await post(`${server.url}/v1/images/generations`, LONG_DRAWING, headers);
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({ error: { param: HEADER } });
    const { body } = await get(`${server.url}/jobs?state=queued`);
    expect(body).toEqual({ jobs: [] });
  });
});
