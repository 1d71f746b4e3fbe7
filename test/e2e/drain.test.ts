import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post } from '../support/http.js';
import { LATER } from '../support/job-client.js';
import { untilQueue } from '../support/metrics.js';
import { SMALL } from '../support/picture-client.js';
import { childrenOf, freeze, isRunning, runnerOf, thaw } from '../support/processes.js';
import { ask, DIALECTS, loadThroughRkllama, LONG, LONG_ANSWER, question } from '../support/questions.js';
import {
  freePort,
  spawnServer,
  startServer,
  type Dialect,
  type Server,
  type ServerProcess,
} from '../support/server.js';
import { firstPiece, ndjsonLines, open, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

let server: ServerProcess | undefined;
afterEach(() => server?.stop());

async function start(env: Record<string, string>): Promise<{ server: Server; runner: number }> {
  const started = await startServer({ env: { SLOTS: '1', ...env } });
  server = started;
  return { server: started, runner: await runnerOf(started.pid) };
}

/** A connection that nothing has been said on yet. */
async function connected(base: string): Promise<Socket> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.on('error', () => undefined);
  return socket.setEncoding('utf8');
}

/** The next answer that comes, up to its body at least. */
function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.includes('\r\n\r\n')) resolve(text);
    });
  });
}

function untilDraining(base: string): Promise<true> {
  return until('draining', async () => (await get(`${base}/healthz/ready`)).status === 503 || undefined);
}

describe('SIGTERM', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'or, here, %s ends an idle service with 0 and no process left',
    async (signal) => {
      const { server, runner } = await start({});
      server.signal(signal);
      expect(await server.exit).toEqual({ code: 0, signal: null });
      expect(isRunning(runner)).toBe(false);
      expect(server.logs()).not.toMatch(/\n\s+at /);
    },
  );

  it('lets a running stream and what waits behind it finish, and then ends with 0', async () => {
    const { server, runner } = await start({ DRAIN_SECONDS: '60' });
    const running = await ask(server, 'ml-backend', LONG, true).response;
    await firstPiece(running);
    freeze(runner);
    const waiting = ask(server, 'openai', LONG, true);
    await untilQueue(server.url, { running: 1, waiting: 1 });
    server.signal('SIGTERM');
    await untilDraining(server.url);
    thaw(runner);
    expect(await readToEnd(running)).toEqual({ text: LONG_ANSWER, complete: true });
    expect((await readToEnd(await waiting.response)).text).toMatch(/data: \[DONE\]\n\n$/);
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(isRunning(runner)).toBe(false);
  });

  it('refuses new work of every dialect with 503 and Connection: close, while probes answer', async () => {
    const { server, runner } = await start({ DRAIN_SECONDS: '60' });
    await loadThroughRkllama(server);
    const kept = await connected(server.url);
    const first = readHead(kept);
    kept.write(`GET /healthz/live HTTP/1.1\r\nHost: parley\r\n\r\n`);
    expect(await first).not.toMatch(/\r\nconnection: close\r\n/i);
    const response = await ask(server, 'openai', LONG, true).response;
    await firstPiece(response);
    freeze(runner);
    server.signal('SIGTERM');
    await untilDraining(server.url);

    for (const dialect of DIALECTS) {
      const { path, body } = question(dialect, 'Hello!', false);
      const refused = await post(`${server.url}${path}`, body);
      expectError(refused, dialect, 503);
      expect(refused.headers.get('connection')).toBe('close');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const onceMore = readHead(kept);
    kept.write(`GET /healthz/live HTTP/1.1\r\nHost: parley\r\n\r\n`);
    expect(await onceMore).toMatch(/^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n/i);
    const launch = await post(`${server.url}/model/launch`, { model_name: 'starter-chat', n_ctx: 512 });
    expectError(launch, 'ml-backend', 503);
    const others: [path: string, body: object, dialect: Dialect][] = [
      ['/v1/embeddings', { model: 'starter-embed', input: 'Hello!' }, 'openai'],
      ['/v1/images/generations', SMALL, 'openai'],
      ['/v1/audio/speech', { model: 'starter-voice', input: 'Hello!', voice: 'starter' }, 'openai'],
      ['/rkllama/load_model', { model_name: 'starter-chat' }, 'rkllama'],
    ];
    for (const [path, body, dialect] of others) {
      expectError(await post(`${server.url}${path}`, body), dialect, 503);
      expectError(await post(`${server.url}${path}`, body, LATER), dialect, 503);
    }

    expect((await get(`${server.url}/healthz/live`)).status).toBe(200);
    expect((await get(`${server.url}/healthz/startup`)).status).toBe(200);
    expect((await get(`${server.url}/metrics`)).status).toBe(200);
    expect((await get(`${server.url}/llama-local/health`)).status).toBe(200);
    expect((await get(`${server.url}/jobs`)).body).toEqual({ jobs: [] });
    expect((await get(`${server.url}/v1/models`)).status).toBe(200);

    thaw(runner);
    expect((await readToEnd(response)).text).toMatch(/data: \[DONE\]\n\n$/);
    expect(await server.exit).toEqual({ code: 0, signal: null });
  });

  it('ends what is still running after DRAIN_SECONDS, with an error, and then with 0', async () => {
    const { server, runner } = await start({ DRAIN_SECONDS: '1' });
    const response = await ask(server, 'openai', LONG, true).response;
    await firstPiece(response);
    freeze(runner);
    const waiting = post(`${server.url}/llama-local/generate`, { prompt: LONG });
    await untilQueue(server.url, { running: 1, waiting: 1 });
    server.signal('SIGTERM');
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    expect(text).toMatch(/data: \{"error":.*"overloaded".*\n\n$/);
    expect(text).not.toContain('[DONE]');
    expectError(await waiting, 'llama-local', 503);
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(childrenOf(server.pid)).toEqual([]);
    expect(isRunning(runner)).toBe(false);
  });

  it('is not held up by a connection that says nothing', async () => {
    const { server } = await start({});
    await connected(server.url);
    server.signal('SIGTERM');
    expect(await server.exit).toEqual({ code: 0, signal: null });
  });

  it('is not held up by a reader that does not read', async () => {
    const model = 'm'.repeat(60_000); // in every event: more bytes than the buffers on the way hold
    const { server } = await start({ DRAIN_SECONDS: '1', MODEL_ALIASES: `${model}=starter-chat` });
    const { body } = question('openai', LONG, true);
    const exchange = open(`${server.url}/v1/chat/completions`, { ...body, model });
    await firstPiece(await exchange.response);
    server.signal('SIGTERM');
    expect(await server.exit).toEqual({ code: 0, signal: null });
    exchange.leave();
  });

  it('with DRAIN_SECONDS=0 waits for nobody', async () => {
    const { server, runner } = await start({ DRAIN_SECONDS: '0' });
    await loadThroughRkllama(server);
    const response = await ask(server, 'rkllama', LONG, true).response;
    await firstPiece(response);
    freeze(runner);
    server.signal('SIGTERM');
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    expect(ndjsonLines(text).at(-1)).toEqual({ error: expect.stringContaining('shutting down') as unknown });
    expect(await server.exit).toEqual({ code: 0, signal: null });
  });

  it('twice does not wait', async () => {
    const { server, runner } = await start({ DRAIN_SECONDS: '3600' });
    const response = await ask(server, 'openai', LONG, true).response;
    await firstPiece(response);
    freeze(runner);
    server.signal('SIGTERM');
    await untilDraining(server.url);
    server.signal('SIGINT');
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(isRunning(runner)).toBe(false);
    expect((await readToEnd(response)).text).toMatch(/data: \{"error":.*\n\n$/);
  });

  it('three times does not even do that', async () => {
    const { server, runner } = await start({ DRAIN_SECONDS: '3600' });
    await firstPiece(await ask(server, 'openai', LONG, true).response);
    freeze(runner);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) server.signal(signal);
    expect((await server.exit).signal).toBeNull();
    await until('the runner to end', () => !isRunning(runner) || undefined);
  });
});

describe('the start', () => {
  it('is not ready until the preloaded models answer, but alive; who asks for one waits', async () => {
    const port = String(await freePort());
    const starting = await spawnServer({ env: { PORT: port } });
    server = starting;
    const base = `http://127.0.0.1:${port}`;
    const runner = await runnerOf(starting.pid);
    freeze(runner);
    const probe = (name: string): Promise<number> => get(`${base}/healthz/${name}`).then(({ status }) => status);
    await until('the port to be open', () => probe('live').catch(() => undefined));
    expect([await probe('live'), await probe('startup'), await probe('ready')]).toEqual([200, 503, 503]);
    expect((await get(`${base}/model/getactive`)).body).toEqual([]);
    const { path, body } = question('llama-local', 'Hello!', false);
    const asked = post(`${base}${path}`, body);
    await untilQueue(base, { running: 0, waiting: 1 });
    thaw(runner);
    expect((await asked).body).toMatchObject({ text: 'Hello! How can I help you today?' });
    await starting.ready;
    expect([await probe('live'), await probe('startup'), await probe('ready')]).toEqual([200, 200, 200]);
  });

  it('can be ended before it is over', async () => {
    const starting = await spawnServer();
    server = starting;
    const runner = await runnerOf(starting.pid);
    freeze(runner);
    starting.signal('SIGTERM');
    expect(await starting.exit).toEqual({ code: 0, signal: null });
    expect(starting.logs()).not.toMatch(/\n\s+at /);
    expect(isRunning(runner)).toBe(false);
  });
});
