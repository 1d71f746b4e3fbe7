import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ParleyError } from '../../src/inference/errors.js';
import {
  beginStream,
  delta,
  eventOf,
  events,
  eventsThen,
  json,
  refusal,
  silence,
  type Responder,
} from '../support/fake-upstream.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';
import { settled } from './support/gate.js';
import { CHAT, HELLO, hello, RemoteWorld } from './support/remote-world.js';

const SOON = { timeouts: { connect: 5, first_byte: 0.15, idle: 0.15 } };
const IDLE_MS = 200;
const broken = refusal(500, 'out of luck');

/** What a stream gave before it broke, and how it did. */
async function torn(world: RemoteWorld): Promise<{ readonly text: string; readonly error: ParleyError }> {
  let text = '';
  const reading = (async (): Promise<void> => {
    for await (const chunk of world.run(hello())) if (chunk.type === 'text') text += chunk.text;
  })();
  const error = await errorOf(reading);
  return { text, error };
}

function write(...parts: readonly (string | Uint8Array)[]): Responder {
  return (response) => {
    beginStream(response);
    for (const part of parts) response.write(part);
    response.end();
  };
}

describe('a server that is away', () => {
  it('keeps its model from being loaded, without a quarantine', async () => {
    const world = await RemoteWorld.start();
    const { port } = world.upstream;
    await world.upstream.stop();
    for (let time = 0; time < 4; time++) {
      expect(await errorOf(world.load())).toMatchObject({
        code: 'model_load_failed',
        message:
          'The model "far" could not be loaded: The server that has "far" could not be reached: the connection was refused.',
      });
    }
    await world.upstream.listen(port);
    expect(await world.say()).toBe('Hello');
  });

  it('is left alone after five failures, and asked again by one request after the pause', async () => {
    const world = await RemoteWorld.start();
    await world.load();
    world.upstream.on(CHAT, broken);
    for (let time = 0; time < 5; time++) {
      const error = await errorOf(world.say());
      expect(error).toMatchObject({ code: 'runner_crashed', message: 'The server that has "far" failed: out of luck' });
    }
    const asked = world.upstream.asked.length;
    expect(await errorOf(world.say())).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    expect(world.upstream.asked).toHaveLength(asked);

    world.now += 1000;
    expect((await errorOf(world.say())).code).toBe('runner_crashed');
    expect(await errorOf(world.say())).toMatchObject({ code: 'overloaded', retryAfterSeconds: 2 });

    world.upstream.on(CHAT, HELLO);
    world.now += 2000;
    expect(await world.say()).toBe('Hello');
    expect(await world.say()).toBe('Hello');
    expect(world.observed.events).toEqual(['loaded far']);
  });

  it('is left alone after failures of its probes, too', async () => {
    const world = await RemoteWorld.start();
    await world.upstream.stop();
    for (let time = 0; time < 5; time++) expect((await errorOf(world.load())).code).toBe('model_load_failed');
    expect(await errorOf(world.load())).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
  });

  it('that was killed and comes back answers without being loaded anew', async () => {
    const world = await RemoteWorld.start();
    await world.say();
    const { port } = world.upstream;
    await world.upstream.stop();
    expect(await errorOf(world.say())).toMatchObject({ code: 'runner_crashed' });
    await world.upstream.listen(port);
    expect(await world.say()).toBe('Hello');
    expect(world.observed.events).toEqual(['loaded far']);
  });

  it('is not one that refuses or is busy', async () => {
    const world = await RemoteWorld.start();
    const busy = refusal(503, 'full', { headers: { 'retry-after': '9' } });
    world.upstream.on(CHAT, busy);
    for (let time = 0; time < 7; time++) {
      expect(await errorOf(world.say())).toMatchObject({ code: 'overloaded', retryAfterSeconds: 9 });
    }
    world.upstream.on(CHAT, refusal(400, 'bad'));
    for (let time = 0; time < 7; time++) expect((await errorOf(world.say())).code).toBe('invalid_request');
  });
});

describe('a server that fails', () => {
  it.each<[string, Responder, string, string]>([
    ['hangs before its first byte', silence, 'timeout', 'did not begin to answer within 0.15 s'],
    ['sends its head and no more', beginStream, 'timeout', 'did not begin to answer within 0.15 s'],
    ['sends garbage for an event', write('data: {"choi\n\n'), 'runner_crashed', 'cannot be read'],
    ['sends no stream', json({ choices: [] }), 'runner_crashed', 'sent no stream'],
    ['ends at once', write(), 'runner_crashed', 'before it began'],
    ['refuses the key', refusal(401, 'Invalid key sk-1'), 'runner_crashed', "refused Parley's key"],
    ['redirects', redirect, 'runner_crashed', 'redirect'],
    [
      'says so in its first event',
      events({ error: { message: 'bad top_p', code: 400 } }),
      'invalid_request',
      'bad top_p',
    ],
    ['does not know the model', refusal(404, 'no such model'), 'model_load_failed', 'no such model'],
    ['is asked too much', refusal(429, 'slow down', { headers: { 'retry-after': '3' } }), 'overloaded', 'slow down'],
  ])('that %s: the request is refused', async (_, responder, code, words) => {
    const world = await RemoteWorld.start(SOON);
    world.upstream.on(CHAT, responder);
    const { text, error } = await torn(world);
    expect([text, error.code]).toEqual(['', code]);
    expect(error.message).toContain(words);
    world.upstream.on(CHAT, HELLO);
    expect(await world.say()).toBe('Hello');
    expect(world.service.queueInfo()).toMatchObject([{ running: 0, waiting: 0 }]);
  });

  const one = [delta({ content: 'one' })];
  it.each<[string, Responder, string, string]>([
    ['stops sending', eventsThen(one, silence), 'timeout', 'stopped sending within 0.15 s'],
    ['ends without a reason', eventsThen(one, (response) => response.end()), 'runner_crashed', 'broke off'],
    ['says [DONE] without a reason', events(...one), 'runner_crashed', 'broke off'],
    ['sends garbage', write(eventOf(one[0]), 'data: \u0000\u0001\n\n'), 'runner_crashed', 'cannot be read'],
    ['tells of trouble', events(...one, { error: { message: 'OOM', code: 500 } }), 'runner_crashed', 'failed: OOM'],
  ])('that %s in the middle: the stream ends with an error', async (_, responder, code, words) => {
    const world = await RemoteWorld.start(SOON);
    world.upstream.on(CHAT, responder);
    const { text, error } = await torn(world);
    expect([text, error.code]).toEqual(['one', code]);
    expect(error.message).toContain(words);
    expect(world.observed.requests).toMatchObject([{ outcome: 'error' }]);
  });

  it('that cuts the connection in the middle: the stream ends with an error', async () => {
    const world = await RemoteWorld.start();
    let cut = (): void => undefined;
    world.upstream.on(
      CHAT,
      eventsThen(one, (response) => (cut = () => void response.destroy())),
    );
    const chunks = world.run(hello());
    await chunks.next();
    expect((await chunks.next()).value).toMatchObject({ text: 'one' });
    cut();
    const error = await errorOf(chunks.next());
    expect(error).toMatchObject({ code: 'runner_crashed' });
    expect(error.message).toContain('the connection broke');
  });

  it('that sends an event without end is given up', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on(CHAT, async (response) => {
      beginStream(response);
      response.write('data: ');
      const part = 'x'.repeat(1024 ** 2);
      while (!response.destroyed) await new Promise((resolve) => response.write(part, resolve));
    });
    const { error } = await torn(world);
    expect(error).toMatchObject({ code: 'runner_crashed' });
    expect(error.message).toContain('too long');
    await world.upstream.last.left;
  });

  it('that answers a question about vectors with garbage', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('POST /v1/embeddings', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
    });
    const task = { kind: 'feature-extraction', model: 'far', texts: ['a'], sampling: {} } as const;
    expect((await errorOf(world.all(task))).message).toContain('cannot be read');
  });
});

describe('a client that leaves', () => {
  it.each<[string, Responder]>([
    ['before the first byte', silence],
    ['in the middle', eventsThen([delta({ content: 'one' })], silence)],
  ])('%s frees the server at once', async (_, responder) => {
    const world = await RemoteWorld.start({ slots: 1 });
    world.upstream.on(CHAT, responder, HELLO);
    const left = new AbortController();
    const reading = (async (): Promise<void> => {
      for await (const chunk of world.run(hello(), left.signal)) expect(chunk.type).not.toBe('finished');
    })();
    const asked = await until('the request to arrive', () =>
      world.upstream.asked.find(({ body }) => body !== undefined),
    );
    await settled();
    left.abort();
    expect((await errorOf(reading)).code).toBe('cancelled');
    await asked.left;
    expect(await world.say()).toBe('Hello');
    expect(world.observed.requests.map(({ outcome }) => outcome)).toEqual(['cancelled', 'stop']);
  });

  it('by unloading the model is told so', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on(CHAT, eventsThen([delta({ content: 'one' })], silence), HELLO);
    const chunks = world.run(hello());
    await chunks.next();
    expect((await chunks.next()).value).toMatchObject({ text: 'one' });
    const end = errorOf(chunks.next());
    expect(await world.service.unload('far')).toBe(true);
    expect((await end).code).toBe('model_not_loaded');
    await world.upstream.last.left;
    expect(await world.say()).toBe('Hello');
  });

  it('before the model is loaded leaves no request behind', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('GET /v1/models', silence);
    const loading = world.load();
    await until('the probe', () => world.upstream.asked[0]);
    await world.service.unload('far');
    expect((await errorOf(loading)).code).toBe('model_not_loaded');
    await world.upstream.last.left;
  });
});

describe('a slow reader', () => {
  it('holds the server up, for longer than it may be silent, and then gets everything', async () => {
    const world = await RemoteWorld.start({ timeouts: { connect: 5, first_byte: 5, idle: IDLE_MS / 1000 } });
    const count = 2000;
    let sent = 0;
    let full: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (full = resolve));
    world.upstream.on(CHAT, async (response) => {
      beginStream(response);
      for (; sent < count; sent++) {
        if (!response.write(eventOf(delta({ content: `${'x'.repeat(10_000)} ` })))) await drained(response, full);
      }
      response.end(eventOf(delta({}, 'stop')));
    });
    const chunks = world.run(hello());
    await chunks.next();
    await held;
    expect(sent).toBeLessThan(count);
    await new Promise((resolve) => setTimeout(resolve, 2 * IDLE_MS)); // the time that is not counted
    let words = 0;
    for await (const chunk of chunks) if (chunk.type === 'text') words += chunk.text.split(' ').length - 1;
    expect(words).toBe(count);
  });
});

/** Waits until there is room again; says so when there is none for a while. */
async function drained(response: ServerResponse, full: (() => void) | undefined): Promise<void> {
  const waiting = setTimeout(() => full?.(), 50);
  await new Promise((resolve) => response.once('drain', resolve));
  clearTimeout(waiting);
}

function redirect(response: ServerResponse): void {
  response.writeHead(307, { location: 'http://169.254.169.254/v1/chat/completions' }).end();
}
