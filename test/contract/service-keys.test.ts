import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post, send, sendJson } from '../support/http.js';
import { spawnServer, startServer, type Dialect, type Server } from '../support/server.js';

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const [ALICE, BOB] = [bearer('alice-key'), bearer('bob-key')];

/** One route of each dialect that needs a key. */
const ROUTES = [
  ['ml-backend', 'POST', '/generate/fromtext', { model_name: 'starter-chat', prompt: 'Hello!' }],
  ['openai', 'POST', '/v1/chat/completions', { messages: [{ role: 'user', content: 'Hello!' }] }],
  ['rkllama', 'POST', '/load_model', { model_name: 'starter-chat' }],
  ['llama-local', 'POST', '/generate', { prompt: 'Hello!', stream: false }],
] as [Dialect, string, string, object][];

describe('API_KEYS', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { API_KEYS: 'alice-key, bob-key', METRICS_KEY: 'metrics-key' } });
  });
  afterAll(() => server.stop());
  const url = (path: string): string => `${server.url}${path}`;

  it.each(ROUTES)('%s refuses %s %s without a key, and with a wrong one', async (dialect, method, path, body) => {
    const wrong = [
      {},
      bearer('no-key'),
      bearer(''),
      { 'x-api-key': 'no-key' },
      { authorization: 'Basic YWxpY2Uta2V5' },
      { cookie: 'authorization=Bearer alice-key; x-api-key=alice-key; key=alice-key' },
      bearer('metrics-key'),
    ];
    for (const headers of wrong) {
      const answer = await sendJson(url(`/${dialect}${path}`), method, body, headers);
      expectError(answer, dialect, 401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  it.each(ROUTES)('%s takes %s %s with either header', async (dialect, method, path, body) => {
    for (const headers of [ALICE, { authorization: 'bearer alice-key' }, { 'x-api-key': 'bob-key' }]) {
      const answer = await sendJson(url(`/${dialect}${path}`), method, body, headers);
      // rkllama says 400 to who loads a second model: it knows who asks.
      expect(answer.status).toBe(dialect === 'rkllama' && answer.status === 400 ? 400 : 200);
    }
  });

  it.each([
    '/',
    '/health',
    '/healthz/live',
    '/healthz/ready',
    '/healthz/startup',
    '/docs',
    '/redoc',
    '/openapi.json',
    '/openapi/openai.json',
    '/rkllama/',
    '/llama-local/health',
  ])('GET %s needs none', async (path) => {
    expect((await get(url(path))).status).toBe(200);
    expect((await get(url(path), bearer('no-key'))).status).toBe(200);
  });

  it.each(['/models', '/v1/models', '/model/getactive', '/model-info', '/current_model', '/rkllama/models'])(
    'GET %s needs one',
    async (path) => {
      expect((await get(url(path))).status).toBe(401);
      expect((await get(url(path), ALICE)).status).not.toBe(401);
    },
  );

  it('/metrics takes any key and METRICS_KEY', async () => {
    expect((await get(url('/metrics'))).status).toBe(401);
    expect((await get(url('/metrics'), bearer('no-key'))).status).toBe(401);
    for (const headers of [ALICE, BOB, bearer('metrics-key'), { 'x-api-key': 'metrics-key' }]) {
      expect((await get(url('/metrics'), headers)).status).toBe(200);
    }
  });

  it('keeps the conversations of keys apart, in sessions of the same name', async () => {
    const ask = (prompt: string, key: Record<string, string>): ReturnType<typeof post> =>
      post(url('/generate/fromtext'), { model_name: 'starter-chat', prompt }, { ...key, 'x-session-id': 'same' });
    await ask('My name is Wendy.', ALICE);
    expect((await ask('What is my name?', BOB)).text).toBe("I don't know your name yet.");
    expect((await ask('What is my name?', ALICE)).text).toBe('Your name is Wendy.');
  });

  it("keeps rkllama's current model for each key", async () => {
    await send(url('/rkllama/unload_model'), 'POST', undefined, ALICE);
    await send(url('/rkllama/unload_model'), 'POST', undefined, BOB);
    await post(url('/rkllama/load_model'), { model_name: 'starter-chat' }, ALICE);
    expect((await get(url('/rkllama/current_model'), ALICE)).body).toEqual({ model_name: 'starter-chat' });
    expect((await get(url('/rkllama/current_model'), BOB)).status).toBe(404);
    expect((await post(url('/rkllama/load_model'), { model_name: 'starter-chat' }, BOB)).status).toBe(200);
  });

  it('does not tell in counted tokens what another key asked', async () => {
    const asked = { messages: [{ role: 'user', content: 'The secret word is zorblat.' }], temperature: 0 };
    const cached = async (key: Record<string, string>): Promise<number> => {
      const { body } = await post(url('/v1/chat/completions'), asked, key);
      return (body as { usage: { prompt_tokens_details: { cached_tokens: number } } }).usage.prompt_tokens_details
        .cached_tokens;
    };
    await cached(ALICE);
    expect(await cached(ALICE)).toBeGreaterThan(0);
    expect(await cached(BOB)).toBe(0);
  });

  it('never shows a key', async () => {
    const seen = [
      await get(url('/metrics'), ALICE),
      await get(url('/v1/models/nothing'), ALICE),
      await get(url('/health'), ALICE),
    ];
    for (const { text } of seen) expect(text).not.toMatch(/alice-key|bob-key|metrics-key/);
    expect(server.logs()).not.toMatch(/alice-key|bob-key|metrics-key/);
  });
});

describe('RATE_LIMIT', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { API_KEYS: 'alice-key,bob-key', RATE_LIMIT: '3/3600' } });
  });
  afterAll(() => server.stop());

  it('refuses what is above it with 429 and Retry-After, for that key alone', async () => {
    const ask = (key: Record<string, string>): ReturnType<typeof get> => get(`${server.url}/v1/models`, key);
    for (let count = 0; count < 3; count++) expect((await ask(ALICE)).status).toBe(200);
    const refused = await ask(ALICE);
    expectError(refused, 'openai', 429);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(1200);
    expect((await ask(BOB)).status).toBe(200);
  });

  it.each(ROUTES)('%s words it its own way', async (dialect, method, path, body) => {
    const answer = await sendJson(`${server.url}/${dialect}${path}`, method, body, ALICE);
    expectError(answer, dialect, 429);
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });

  it.each(['/health', '/healthz/live', '/metrics', '/docs'])('does not count GET %s', async (path) => {
    for (let count = 0; count < 5; count++) expect((await get(`${server.url}${path}`, ALICE)).status).toBe(200);
  });
});

describe('a service that would be open to the network', () => {
  it('does not start without keys, and says why', async () => {
    const server = await spawnServer({ env: { HOST: '0.0.0.0' } });
    const { code } = await server.exit;
    expect(code).toBe(1);
    expect(server.logs()).toMatch(/API_KEYS/);
    expect(server.logs()).not.toMatch(/\n\s+at /);
    await server.stop();
  });

  it('starts with keys', async () => {
    const server = await startServer({ env: { HOST: '0.0.0.0', API_KEYS: 'alice-key', PRELOAD_MODELS: '' } });
    const { port } = new URL(server.url);
    expect((await get(`http://127.0.0.1:${port}/v1/models`)).status).toBe(401);
    await server.stop();
  });
});
