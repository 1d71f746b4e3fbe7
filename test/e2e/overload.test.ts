import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { post, type Answer } from '../support/http.js';
import { metric, untilQueue } from '../support/metrics.js';
import { freeze, runnerOf, thaw } from '../support/processes.js';
import { ask, DIALECTS, loadThroughRkllama, LONG, LONG_ANSWER, question } from '../support/questions.js';
import { startServer, type Dialect, type Server } from '../support/server.js';
import { readToEnd } from '../support/streaming.js';

let server: Server;
let runner: number;

beforeAll(async () => {
  server = await startServer({ env: { SLOTS: '1', MAX_QUEUE: '1' } });
  runner = await runnerOf(server.pid);
  await loadThroughRkllama(server);
});
afterAll(() => server.stop());
beforeEach(() => untilQueue(server.url, { running: 0, waiting: 0 }));

function expectOverloaded(answer: Answer, dialect: Dialect): void {
  expectError(answer, dialect, 503);
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

/** With one request running and one waiting, none of which can go on, an answer to a third can only be a refusal. */
async function whileFull(act: () => Promise<void>): Promise<void> {
  freeze(runner);
  const running = ask(server, 'ml-backend', LONG, true);
  await untilQueue(server.url, { running: 1, waiting: 0 });
  const waiting = ask(server, 'llama-local', LONG, false);
  await untilQueue(server.url, { running: 1, waiting: 1 });
  try {
    await act();
  } finally {
    thaw(runner);
  }
  expect(await readToEnd(await running.response)).toEqual({ text: LONG_ANSWER, complete: true });
  expect(JSON.parse((await readToEnd(await waiting.response)).text)).toMatchObject({ text: LONG_ANSWER });
}

describe('SLOTS=1 and MAX_QUEUE=1', () => {
  it.each(DIALECTS)('refuse at once what %s asks beyond them, and keep what was let in', async (dialect) => {
    const before = await metric(server.url, 'parley_admission_rejections_total');
    await whileFull(async () => {
      for (const stream of [true, false]) {
        const { path, body } = question(dialect, 'Hello!', stream);
        expectOverloaded(await post(`${server.url}${path}`, body), dialect);
      }
    });
    expect(await metric(server.url, 'parley_admission_rejections_total')).toBe(before + 2);
  });

  it('refuse a crowd of a hundred', async () => {
    const { path, body } = question('openai', 'Hello!', false);
    await whileFull(async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => post(`${server.url}${path}`, body)));
      for (const answer of answers) expectOverloaded(answer, 'openai');
    });
  });

  it('refuse more choices than they hold as a whole, and keep no part of them', async () => {
    const { path, body } = question('openai', 'Hello!', false);
    for (const stream of [true, false]) {
      expectOverloaded(await post(`${server.url}${path}`, { ...body, n: 3, stream }), 'openai');
      await untilQueue(server.url, { running: 0, waiting: 0 });
    }
    expect((await post(`${server.url}${path}`, { ...body, n: 2 })).status).toBe(200);
  });

  it('do not hold up what needs no model', async () => {
    await whileFull(async () => {
      for (const path of ['/health', '/healthz/ready', '/v1/models', '/model/getactive', '/model-info', '/docs']) {
        const { status } = await fetch(`${server.url}${path}`);
        expect({ path, status }).toEqual({ path, status: 200 });
      }
    });
  });

  it('let in again what comes after', async () => {
    const { path, body } = question('rkllama', 'Bonjour !', false);
    const answer = await post(`${server.url}${path}`, body);
    expect(answer.body).toMatchObject({ choices: [{ content: 'Bonjour ! Comment puis-je vous aider ?' }] });
  });
});
