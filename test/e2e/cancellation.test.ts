import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../support/http.js';
import { untilQueue } from '../support/metrics.js';
import { childrenOf, freeze, runnerOf, thaw } from '../support/processes.js';
import { ask, DIALECTS, loadThroughRkllama, LONG, LONG_ANSWER, question } from '../support/questions.js';
import { startServer, type Dialect, type Server } from '../support/server.js';
import { firstPiece, readToEnd, type Exchange } from '../support/streaming.js';
import { until } from '../support/wait.js';

const IDLE = { running: 0, waiting: 0 };
const CLIENTS = DIALECTS.flatMap((dialect): [Dialect, string, boolean][] => [
  [dialect, 'streaming', true],
  ...(dialect === 'ml-backend' ? [] : ([[dialect, 'not streaming', false]] as [Dialect, string, boolean][])),
]);
const STREAMS = CLIENTS.filter(([, , stream]) => stream);

async function expectAnswering(server: Server): Promise<void> {
  const { path, body } = question('llama-local', 'Hello!', false);
  const answer = await post(`${server.url}${path}`, body);
  expect(answer.body).toMatchObject({ text: 'Hello! How can I help you today?' });
}

describe('a client of a loaded model that leaves', () => {
  let server: Server;
  let runner: number;
  beforeAll(async () => {
    server = await startServer({ env: { SLOTS: '1' } });
    runner = await runnerOf(server.pid);
    await loadThroughRkllama(server);
  });
  afterAll(() => server.stop());

  it.each(CLIENTS)('%s, %s, while it waits for a slot', async (dialect, _, stream) => {
    const busy = ask(server, 'llama-local', LONG, true);
    const response = await busy.response;
    await firstPiece(response);
    freeze(runner);
    const waiting = ask(server, dialect, LONG, stream);
    await untilQueue(server.url, { running: 1, waiting: 1 });
    waiting.leave();
    await untilQueue(server.url, { running: 1, waiting: 0 });
    thaw(runner);
    expect((await readToEnd(response)).text).toContain('[DONE]');
    await untilQueue(server.url, IDLE);
    await expectAnswering(server);
  });

  it.each(CLIENTS)('%s, %s, before its prompt was read', async (dialect, _, stream) => {
    freeze(runner);
    const asked = ask(server, dialect, LONG, stream);
    await untilQueue(server.url, { running: 1, waiting: 0 });
    asked.leave();
    await untilQueue(server.url, IDLE);
    thaw(runner);
    await expectAnswering(server);
  });

  it.each(STREAMS)('%s, %s, in the middle of the answer', async (dialect) => {
    const asked = ask(server, dialect, LONG, true);
    await firstPiece(await asked.response);
    freeze(runner);
    await untilQueue(server.url, { running: 1, waiting: 0 });
    asked.leave();
    await untilQueue(server.url, IDLE);
    thaw(runner);
    await expectAnswering(server);
  });

  it('keeps an exchange that was not finished out of the history', async () => {
    const headers = { 'x-session-id': 'left' };
    const hear = (prompt: string): ReturnType<typeof post> =>
      post(`${server.url}/generate/fromtext`, { model_name: 'starter-chat', prompt }, headers);
    await hear('What is 2 + 3?');
    freeze(runner);
    const controller = new AbortController();
    const asked = fetch(`${server.url}/generate/fromtext`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ model_name: 'starter-chat', prompt: LONG }),
      signal: controller.signal,
    }).catch(() => 'left');
    await untilQueue(server.url, { running: 1, waiting: 0 });
    controller.abort();
    expect(await asked).toBe('left');
    await untilQueue(server.url, IDLE);
    thaw(runner);
    expect((await hear('What did I just say?')).text).toBe('You said: What is 2 + 3?');
  });

  it('two hundred at once leave nothing behind, and the next is answered', async () => {
    freeze(runner); // or the first are answered before the last have come
    const asked = Array.from({ length: 200 }, (_, index): Exchange => {
      const [dialect, , stream] = CLIENTS[index % CLIENTS.length] ?? ['openai', '', true];
      return ask(server, dialect, LONG, stream);
    });
    await untilQueue(server.url, { running: 1, waiting: 199 });
    for (const exchange of asked) exchange.leave();
    await untilQueue(server.url, IDLE);
    thaw(runner);
    await expectAnswering(server);
    expect(childrenOf(server.pid)).toEqual([runner]);
  });

  it('and one that stays is answered in full beside them', async () => {
    freeze(runner);
    const before = Array.from({ length: 20 }, () => ask(server, 'openai', LONG, true));
    const staying = ask(server, 'ml-backend', LONG, true);
    const after = Array.from({ length: 20 }, () => ask(server, 'openai', LONG, true));
    await until('all to be in the queue', async () => {
      const { text } = await get(`${server.url}/metrics`);
      return /^parley_requests_waiting\{.*\} 40$/m.test(text) || undefined;
    });
    for (const exchange of [...before, ...after]) exchange.leave();
    thaw(runner);
    expect(await readToEnd(await staying.response)).toEqual({ text: LONG_ANSWER, complete: true });
    await untilQueue(server.url, IDLE);
  });
});

describe('a client that leaves while the model loads', () => {
  it.each(CLIENTS.filter(([dialect]) => dialect !== 'rkllama'))('%s, %s', async (dialect, _, stream) => {
    const server = await startServer({ env: { PRELOAD_MODELS: '', SLOTS: '1' } });
    const asked = ask(server, dialect, LONG, stream);
    const runner = await runnerOf(server.pid);
    freeze(runner);
    await untilQueue(server.url, { running: 0, waiting: 1 });
    asked.leave();
    await untilQueue(server.url, IDLE);
    thaw(runner);
    await expectAnswering(server);
    await server.stop();
  });
});
