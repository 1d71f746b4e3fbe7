import type { IncomingMessage } from 'node:http';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { post } from '../support/http.js';
import { untilQueue } from '../support/metrics.js';
import { freeze, killHard, runnerOf, thaw } from '../support/processes.js';
import { ask, LONG, LONG_ANSWER, loadThroughRkllama, question } from '../support/questions.js';
import { startServer, type Dialect, type Server } from '../support/server.js';
import { firstPiece, open, pieces, readToEnd, sseEvents, type Exchange } from '../support/streaming.js';

const SHORT = 'Hello!';
const SHORT_ANSWER = 'Hello! How can I help you today?';
const PING = ': ping\n\n';
const WITH_EVENTS: readonly Dialect[] = ['openai', 'llama-local'];
const WITHOUT_COMMENTS: readonly Dialect[] = ['ml-backend', 'rkllama'];

let server: Server;
let runner: number;

beforeAll(async () => {
  server = await startServer({ env: { SSE_PING_SECONDS: '1', SLOTS: '2', MAX_QUEUE: '16' } });
  await loadThroughRkllama(server);
});
afterAll(() => server.stop());
beforeEach(async () => {
  runner = await runnerOf(server.pid);
});
afterEach(async () => {
  thaw(runner);
  await untilQueue(server.url, { running: 0, waiting: 0 });
});

/** Reads until as many pings as that have come. @returns everything up to then. */
async function untilPings(response: IncomingMessage, count: number): Promise<string> {
  let text = '';
  while (text.split(PING).length <= count) text += await nextPiece(response);
  return text;
}

function nextPiece(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    response.once('data', (piece: string) => {
      response.pause();
      resolve(piece);
    });
    response.once('end', () => reject(new Error('the stream ended')));
    response.resume();
  });
}

function expectEventStream({ statusCode, headers }: IncomingMessage): void {
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
}

function chatContent(events: readonly string[]): string {
  return events
    .map((event) => (JSON.parse(event) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content)
    .join('');
}

describe('a stream that waits for its turn', () => {
  it.each(WITH_EVENTS)('is begun with a comment in %s, has more of them, and then its answer', async (dialect) => {
    freeze(runner);
    const exchanges = Array.from({ length: 3 }, () => ask(server, dialect, SHORT, true)); // one of them queued
    const responses = await Promise.all(exchanges.map(({ response }) => response));
    for (const response of responses) {
      expectEventStream(response);
      expect(await untilPings(response, 2)).toBe(PING.repeat(2));
    }
    thaw(runner);
    for (const response of responses) {
      const { text, complete } = await readToEnd(response);
      expect(complete).toBe(true);
      const events = sseEvents(text);
      expect(events.pop()).toBe('[DONE]');
      expect(dialect === 'openai' ? chatContent(events) : events.join('')).toBe(SHORT_ANSWER);
    }
  });

  it('is begun so on the other paths of events, too', async () => {
    freeze(runner);
    const asked: readonly [string, object][] = [
      ['/v1/completions', { prompt: '1, 2, 3,', max_tokens: 5, stream: true }],
      ['/v1/responses', { input: 'Hello!', stream: true, store: false }],
      ['/generate', { prompt: 'Hello!' }],
    ];
    const responses = await Promise.all(asked.map(([path, body]) => open(`${server.url}${path}`, body).response));
    for (const response of responses) {
      expectEventStream(response);
      expect(await firstPiece(response)).toBe(PING);
    }
    thaw(runner);
    const [completion, response, generated] = await Promise.all(responses.map(readToEnd));
    expect(sseEvents(completion?.text ?? '').at(-1)).toBe('[DONE]');
    expect(JSON.parse(sseEvents(response?.text ?? '').at(-1) ?? '')).toMatchObject({ type: 'response.completed' });
    expect(sseEvents(generated?.text ?? '').at(-1)).toBe('[DONE]');
  });

  it("is read by OpenAI's own client as any other", async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
    freeze(runner);
    // Resolves with the head of the answer, which the runner cannot have sent.
    const stream = await client.chat.completions.create({
      model: 'starter-chat',
      messages: [{ role: 'user', content: SHORT }],
      temperature: 0,
      stream: true,
    });
    thaw(runner);
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(SHORT_ANSWER);
  });

  it('has no comments where the dialect knows none', async () => {
    freeze(runner);
    const plain = WITHOUT_COMMENTS.map((dialect) => ask(server, dialect, SHORT, true));
    await untilQueue(server.url, { running: 2, waiting: 0 });
    const beside = ask(server, 'openai', SHORT, true);
    await untilPings(await beside.response, 3);
    thaw(runner);
    for (const { response } of plain) {
      const { text, complete } = await readToEnd(await response);
      expect(complete).toBe(true);
      expect(text).not.toContain('ping');
    }
    expect((await readToEnd(await beside.response)).complete).toBe(true);
  });
});

describe('a stream in which nothing comes for a while', () => {
  it('has comments between its pieces', async () => {
    const response = await ask(server, 'openai', LONG, true).response;
    const first = await nextPiece(response);
    freeze(runner);
    const between = await untilPings(response, 2);
    thaw(runner);
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    const events = sseEvents(first + between + text);
    expect(events.pop()).toBe('[DONE]');
    expect(chatContent(events)).toBe(LONG_ANSWER);
  });
});

describe('trouble', () => {
  it.each(WITH_EVENTS)('that comes at once has its status in %s', async (dialect) => {
    const { path, body } = question(dialect, 'Hello! '.repeat(10_000), true);
    expectError(await post(`${server.url}${path}`, body), dialect, 400);
  });

  it('after the first comment is the only event', async () => {
    freeze(runner);
    const asked: Exchange[] = [
      ask(server, 'openai', SHORT, true),
      ask(server, 'llama-local', SHORT, true),
      open(`${server.url}/v1/responses`, { input: SHORT, stream: true, store: false }),
    ];
    const responses = await Promise.all(asked.map(({ response }) => response));
    for (const response of responses) expect(await firstPiece(response)).toBe(PING);
    await untilQueue(server.url, { running: 2, waiting: 1 });
    const { length } = responses;
    killHard(runner);
    const ends = await Promise.all(responses.map(readToEnd));
    const events = ends.map(({ text }) => sseEvents(text));
    expect(ends.map(({ complete }) => complete)).toEqual(Array<boolean>(length).fill(true));
    expect(events[0]).toHaveLength(1);
    expect(JSON.parse(events[0]?.[0] ?? '')).toMatchObject({ error: { code: 'runner_crashed' }, code: 502 });
    expect(events[1]).toEqual([expect.stringMatching(/^\[ERROR\] /)]);
    // The third waited for a slot: the model was loaded again for it.
    expect(JSON.parse(events[2]?.at(-1) ?? '')).toMatchObject({ type: 'response.completed' });
    runner = await runnerOf(server.pid);
  });

  it("before a response has begun is OpenAI's event for it", async () => {
    freeze(runner);
    const exchange = open(
      `${server.url}/v1/responses`,
      { input: SHORT, stream: true, store: false },
      { 'X-Request-Deadline': '2' },
    );
    const { text, complete } = await readToEnd(await exchange.response);
    expect(complete).toBe(true);
    expect(text).toContain(`${PING}event: error\n`);
    expect(JSON.parse(sseEvents(text)[0] ?? '')).toMatchObject({ type: 'error', sequence_number: 0, code: 'timeout' });
  });
});

describe('a client that waits', () => {
  it('frees its place when it leaves after the first comment', async () => {
    freeze(runner);
    const exchange = ask(server, 'openai', SHORT, true);
    for await (const piece of pieces(await exchange.response)) {
      expect(piece).toBe(PING);
      break;
    }
    exchange.leave();
    await untilQueue(server.url, { running: 0, waiting: 0 });
  });
});
