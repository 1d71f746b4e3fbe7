import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, expectNoLeak, messageOf } from '../support/error-shapes.js';
import { get, post, send, sendJson } from '../support/http.js';
import { anyString, matching } from '../support/matchers.js';
import { STARTER_FILE, STARTERS, startServer, type Dialect, type Server } from '../support/server.js';
import { rawExchange } from '../support/raw-socket.js';
import { ndjsonLines, sseEvents } from '../support/streaming.js';

const MEBIBYTE = 1024 ** 2;

let server: Server;

beforeAll(async () => {
  server = await startServer({ models: { 'spare.gguf': STARTER_FILE } });
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}${path}`;

describe('the paths that two dialects share', () => {
  it('GET / says what this is', async () => {
    const answer = await get(url('/'));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.body).toEqual({
      message: anyString,
      version: matching(/^\d+\.\d+\.\d+/),
      docs: '/docs',
      health: '/health',
      github: matching(/^https:\/\/github\.com\//),
    });
  });

  it('GET /models unites what is on disk, what reads images and what is loaded', async () => {
    const answer = await get(url('/models'));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    const { models, available, loaded } = answer.body as { models: string[]; available: object[]; loaded: string[] };
    expect(models).toEqual([...STARTERS, 'spare.gguf']);
    expect(available).toContainEqual({ id: 'starter-ocr', name: matching(/OCR/), params: '1.6M' });
    expect(loaded).toEqual(['starter-chat']);
  });

  it('GET /health unites both healths', async () => {
    const answer = await get(url('/health'));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    const { gpu_available, gpu_name, ...rest } = answer.body as Record<string, unknown>;
    expect(rest).toEqual({ status: 'ok', model_loaded: true, models_loaded: 1, loaded_models: ['starter-chat'] });
    expect(typeof gpu_available).toBe('boolean');
    expect(gpu_name === null).toBe(gpu_available === false);
  });
});

describe('POST /generate', () => {
  it('with prompt is llama-local, which streams by default', async () => {
    const answer = await post(url('/generate'), { prompt: 'What is the capital of France?', temperature: 0 });
    expect(answer).toMatchObject({ status: 200, type: 'text/event-stream' });
    expect(sseEvents(answer.text).join('')).toBe('The capital of France is Paris.[DONE]');
  });

  it('with prompt and stream: false is llama-local, whole', async () => {
    const answer = await post(url('/generate'), { prompt: 'Hello!', temperature: 0, stream: false });
    expect(answer.body).toEqual({ text: 'Hello! How can I help you today?', prompt: 'Hello!' });
  });

  it('with messages is rkllama, which wants a loaded model', async () => {
    const refused = await post(url('/generate'), { messages: 'Bonjour !' });
    expect(refused).toMatchObject({ status: 400, body: { error: "Aucun modèle n'est actuellement chargé." } });
    expect(refused.body).not.toHaveProperty('detail');

    await post(url('/load_model'), { model_name: 'starter-chat' });
    const whole = await post(url('/generate'), { messages: 'Bonjour !' });
    expect(whole.body).toMatchObject({
      object: 'rkllm_chat',
      choices: [{ content: 'Bonjour ! Comment puis-je vous aider ?' }],
    });

    const streamed = await post(url('/generate'), { messages: 'Bonjour !', stream: true });
    expect(streamed.type).toBe('application/x-ndjson');
    expect(ndjsonLines(streamed.text).at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it.each([
    ['both', '{"prompt": "Hello!", "messages": "Bonjour !"}'],
    ['neither', '{}'],
    ['neither but something else', '{"text": "Hello!"}'],
    ['broken JSON', '{"prompt": '],
    ['a list', '["Hello!"]'],
    ['null', 'null'],
    ['nothing', ''],
  ])('with %s is refused in both spellings', async (_, body) => {
    const answer = await send(url('/generate'), 'POST', body, { 'content-type': 'application/json' });
    expect(answer).toMatchObject({ status: 400, type: 'application/json' });
    expect(answer.body).toEqual({ detail: anyString, error: anyString });
    expectNoLeak(answer);
  });

  it('with another content type or too large a body is refused in both spellings', async () => {
    const form = await send(url('/generate'), 'POST', 'prompt=a', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form.status).toBe(400);
    expect(form.body).toEqual({ detail: anyString, error: anyString });
    const large = await post(url('/generate'), { prompt: 'a'.repeat(1024 ** 2) });
    expect(large.status).toBe(413);
    expect(large.body).toEqual({ detail: anyString, error: anyString });
  });

  it.each([
    ['that says so', `Content-Length: ${String(8 * MEBIBYTE)}`, 'a'.repeat(8 * MEBIBYTE)],
    ['of no known length', 'Transfer-Encoding: chunked', `800000\r\n${'a'.repeat(8 * MEBIBYTE)}\r\n0\r\n\r\n`],
  ])('with a far too large body %s is told so, and read past', async (_, length, body) => {
    const post = `POST /generate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${length}\r\n\r\n${body}`;
    const next = 'GET /healthz/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answers = await rawExchange(server.url, post + next);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  it.each([
    [{ prompt: '' }, 'llama-local', 'prompt'],
    [{ prompt: 'a', temperature: 3 }, 'llama-local', 'temperature'],
    [{ messages: [] }, 'rkllama', 'messages'],
    [{ messages: 'a', stream: 'oui' }, 'rkllama', 'stream'],
  ] as const)('with %j is refused by the dialect that is meant', async (body, dialect, field) => {
    const answer = await post(url('/generate'), body);
    expectError(answer, dialect, 400);
    expect(messageOf(answer)).toContain(field);
  });
});

describe("each dialect's own routes at the root", () => {
  it('answer', async () => {
    expect((await get(url('/model-info'))).body).toMatchObject({ loaded: true, n_ctx: 1024 });
    expect((await get(url('/model/getactive'))).body).toEqual(['starter-chat']);
    expect((await get(url('/v1/models'))).body).toMatchObject({ object: 'list' });
    expect((await get(url('/current_model'))).body).toEqual({ model_name: 'starter-chat' });
  });

  it.each([
    ['ml-backend', 'POST', '/model/launch', { model_name: 'no-such-model' }, 404],
    ['ml-backend', 'POST', '/model/launch', {}, 422],
    ['ml-backend', 'DELETE', '/chat/clearchat', { model_name: 'no-such-model' }, 404],
    ['openai', 'POST', '/v1/chat/completions', {}, 400],
    ['openai', 'POST', '/v1/completions', { model: 'no-such-model', prompt: 'a' }, 404],
    ['rkllama', 'POST', '/load_model', { model_name: 'no-such-model' }, 400],
  ] as [Dialect, string, string, object, number][])(
    'keep the error body of %s',
    async (dialect, method, path, body, status) => {
      expectError(await sendJson(url(path), method, body), dialect, status);
    },
  );

  it.each([
    ['ml-backend', '/generate/fromtext', 422],
    ['openai', '/v1/chat/completions', 400],
    ['rkllama', '/load_model', 400],
  ] as [Dialect, string, number][])(
    'keep the error body of %s when %s gets broken JSON',
    async (dialect, path, status) => {
      expectError(await send(url(path), 'POST', '{', { 'content-type': 'application/json' }), dialect, status);
    },
  );
});

describe('unknown paths', () => {
  it.each([
    ['GET', '/nothing'],
    ['POST', '/nothing/at/all'],
    ['GET', '/generate'],
    ['PUT', '/health'],
    ['GET', '/chatvlm-not'],
    ['GET', '/openai-like/v1/models'],
    ['GET', '/rkllamax'],
    ['GET', '/../package.json'],
    ['GET', '/docs/../../package.json'],
    ['GET', '/files/..%2F..%2Fpackage.json'],
  ])('%s %s is 404 with detail', async (method, path) => {
    const answer = await send(url(path), method);
    expect(answer).toMatchObject({ status: 404, type: 'application/json' });
    expect(answer.body).toEqual({ detail: anyString });
    expectNoLeak(answer);
  });

  it.each(['/%zz', '/model/%E0%A4%A', '/rkllama/%zz', '/openai/v1/models/%zz'])(
    '%s, which is no URL, tells nothing of the inside',
    async (path) => {
      const answer = await get(url(path));
      expect([400, 404]).toContain(answer.status);
      expectNoLeak(answer);
    },
  );

  it('a URL that cannot be decoded is answered in the words of its dialect', async () => {
    expect((await get(url('/%zz'))).body).toEqual({ detail: anyString });
    expect((await get(url('/rkllama/%zz'))).body).toEqual({ error: anyString });
  });
});
