import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageOf } from '../support/error-shapes.js';
import { get, post, send } from '../support/http.js';
import { matching } from '../support/matchers.js';
import { metric } from '../support/metrics.js';
import { rawExchange } from '../support/raw-socket.js';
import { startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

const DIALECTS = ['ml-backend', 'openai', 'rkllama', 'llama-local'] as const;

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { LOG_LEVEL: 'info' } });
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}${path}`;

describe('the probes', () => {
  it.each(['live', 'ready', 'startup'])('GET /healthz/%s is 200', async (probe) => {
    const answer = await get(url(`/healthz/${probe}`));
    expect(answer).toMatchObject({ status: 200, type: 'application/json', body: { status: 'ok' } });
  });

  it('are never prefixed', async () => {
    expect((await get(url('/rkllama/healthz/live'))).status).toBe(404);
  });
});

describe('GET /metrics', () => {
  it("is Prometheus' text format", async () => {
    const answer = await get(url('/metrics'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of answer.text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? \S+|)$/);
    }
  });

  it('counts requests and the tokens that clients were told', async () => {
    const before = await metric(server.url, 'parley_generation_tokens_total');
    const asked = { messages: [{ role: 'user', content: 'Count to 100.' }], max_tokens: 25 };
    const { usage } = (await post(url('/v1/chat/completions'), asked)).body as { usage: { completion_tokens: number } };
    await until('the tokens to be counted', async () => {
      const counted = (await metric(server.url, 'parley_generation_tokens_total')) - before;
      return counted === usage.completion_tokens || undefined;
    });
  });

  it('tells memory and queue, with nothing waiting', async () => {
    expect(await metric(server.url, 'parley_requests_running')).toBe(0);
    expect(await metric(server.url, 'parley_requests_waiting')).toBe(0);
    expect(await metric(server.url, 'parley_model_resident_bytes')).toBeGreaterThan(4_000_000);
    expect(await metric(server.url, 'parley_memory_reserved_bytes')).toBeLessThanOrEqual(
      await metric(server.url, 'parley_memory_budget_bytes'),
    );
  });
});

describe('the documents', () => {
  it.each(['/docs', '/redoc'])('GET %s is a page that takes nothing from elsewhere', async (path) => {
    const answer = await get(url(path));
    expect(answer).toMatchObject({ status: 200, type: 'text/html' });
    const references = [...answer.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference]) => reference ?? '');
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      expect(reference).not.toMatch(/^(https?:)?\/\//);
      const loaded = await get(new URL(reference, url(path)).href);
      expect({ reference, status: loaded.status }).toEqual({ reference, status: 200 });
    }
  });

  it.each(['/openapi.json', ...DIALECTS.map((dialect) => `/openapi/${dialect}.json`)])(
    'GET %s is OpenAPI 3',
    async (path) => {
      const answer = await get(url(path));
      expect(answer).toMatchObject({ status: 200, type: 'application/json', body: { openapi: matching(/^3\./) } });
    },
  );

  it('have the routes of the source documents, under each prefix', async () => {
    const expected = {
      'llama-local': ['/generate', '/health', '/model-info'],
      rkllama: ['/', '/current_model', '/generate', '/load_model', '/models', '/unload_model'],
      openai: ['/v1/chat/completions', '/v1/completions', '/v1/models', '/v1/models/{id}'],
      'ml-backend': [
        '/chat/addsystemprompt',
        '/chat/clearchat',
        '/generate/fromtext',
        '/heavy/model/launch',
        '/model/delete',
        '/model/getactive',
        '/model/getravailabletodownload',
        '/model/ismodelheavy',
        '/model/kill',
        '/model/launch',
      ],
    };
    for (const dialect of DIALECTS) {
      const { paths } = (await get(url(`/openapi/${dialect}.json`))).body as { paths: object };
      for (const path of expected[dialect]) expect(Object.keys(paths)).toContain(path);
    }
  });

  it('speak of no route that is not there', async () => {
    const { paths } = (await get(url('/openapi.json'))).body as { paths: Record<string, Record<string, unknown>> };
    const noSuchRoute = messageOf(await get(url('/nothing')));
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        const { text } = await send(url(path.replace('{id}', 'starter-chat')), method.toUpperCase());
        expect({ path, method, missing: text.includes(noSuchRoute) }).toEqual({ path, method, missing: false });
      }
    }
  });
});

describe('X-Request-Id', () => {
  const idOf = async (path: string, headers: Record<string, string> = {}): Promise<string | null> =>
    (await get(url(path), headers)).headers.get('x-request-id');

  it('is made where none is sent, new for every answer', async () => {
    const ids = [await idOf('/health'), await idOf('/health'), await idOf('/nothing'), await idOf('/metrics')];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/./);
  });

  it.each([
    '/health',
    '/healthz/live',
    '/metrics',
    '/docs',
    '/nothing',
    '/openai/v1/models/nothing',
    '/rkllama/current_model',
  ])('is taken over by %s', async (path) => {
    expect(await idOf(path, { 'x-request-id': 'client-id-42' })).toBe('client-id-42');
  });

  it('is on streams and on refusals', async () => {
    const headers = { 'x-request-id': 'stream-42' };
    const stream = await post(url('/llama-local/generate'), { prompt: 'Hello!' }, headers);
    expect(stream.headers.get('x-request-id')).toBe('stream-42');
    const refused = await send(url('/v1/completions'), 'POST', '{', { 'content-type': 'application/json', ...headers });
    expect(refused.headers.get('x-request-id')).toBe('stream-42');
  });

  it('is in the log', async () => {
    await get(url('/health'), { 'x-request-id': 'find-me-in-the-log' });
    await until('the log line', () => server.logs().includes('find-me-in-the-log') || undefined);
  });

  it.each(['x'.repeat(10_000), 'with space', 'ключ'.normalize()])('does not take over %s', async (given) => {
    const answer = await rawExchange(
      server.url,
      `GET /health HTTP/1.1\r\nHost: parley\r\nConnection: close\r\nX-Request-Id: ${given}\r\n\r\n`,
    );
    const id = /^x-request-id: (.*)\r$/im.exec(answer)?.[1];
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(id).toMatch(/^[\x21-\x7e]{1,128}$/);
    expect(id).not.toBe(given);
  });
});

describe('the log', () => {
  it('never has prompts, answers or secrets', async () => {
    await post(
      url('/llama-local/generate'),
      { prompt: 'Repeat after me: blorptang', stream: false },
      { authorization: 'Bearer hushhush' },
    );
    await get(url('/health'), { 'x-request-id': 'after-the-secret' });
    await until('the log line', () => server.logs().includes('after-the-secret') || undefined);
    expect(server.logs()).not.toMatch(/blorptang|hushhush/);
  });
});

describe('bytes that are not HTTP', () => {
  it.each([
    'GARBAGE\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
  ])('are refused, and the service goes on', async (bytes) => {
    expect(await rawExchange(server.url, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await get(url('/health'))).status).toBe(200);
  });
});
