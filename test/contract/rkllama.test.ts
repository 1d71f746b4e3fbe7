import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusesUnreadableBodies } from '../support/broken-bodies.js';
import { expectError, messageOf } from '../support/error-shapes.js';
import { del, get, post, send, type Answer } from '../support/http.js';
import { anyNumber } from '../support/matchers.js';
import { STARTERS, startServer, type Server } from '../support/server.js';

const NONE_LOADED = "Aucun modèle n'est actuellement chargé.";

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}/rkllama${path}`;
const load = (name = 'starter-chat'): Promise<Answer> => post(url('/load_model'), { model_name: name });
const unload = (): Promise<Answer> => send(url('/unload_model'), 'POST');

interface Generated {
  readonly created: number;
  readonly choices: readonly {
    readonly role: string;
    readonly content: string;
    readonly finish_reason: string | null;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
}

async function generated(messages: unknown, more: object = {}): Promise<Generated> {
  const answer = await post(url('/generate'), { messages, ...more });
  expect(answer.status).toBe(200);
  return answer.body as Generated;
}

async function contentOf(messages: unknown): Promise<string | undefined> {
  return (await generated(messages)).choices[0]?.content;
}

describe('GET /', () => {
  it('says welcome in French', async () => {
    const answer = await get(url('/'));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.body).toEqual({
      message: 'Bienvenue sur RK-LLama !',
      github: 'https://github.com/notpunhnox/rkllama',
    });
  });
});

describe('GET /models', () => {
  it('lists the models on disk', async () => {
    const answer = await get(url('/models'));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.body).toEqual({ models: STARTERS });
  });
});

describe('while no model is loaded through this dialect', () => {
  it('is true at the start, although another dialect has one', async () => {
    expect((await get(`${server.url}/model/getactive`)).body).toEqual(['starter-chat']);
    expect((await get(url('/current_model'))).status).toBe(404);
  });

  it.each([
    ['GET', '/current_model', 404],
    ['POST', '/unload_model', 400],
  ])('%s %s says so', async (method, path, status) => {
    const answer = await send(url(path), method);
    expect(answer).toMatchObject({ status, type: 'application/json' });
    expect(answer.body).toEqual({ error: NONE_LOADED });
  });

  it.each([false, true])('POST /generate says so (stream: %s)', async (stream) => {
    const answer = await post(url('/generate'), { messages: 'Bonjour !', stream });
    expect(answer).toMatchObject({ status: 400, type: 'application/json' });
    expect(answer.body).toEqual({ error: NONE_LOADED });
  });
});

describe('POST /load_model and /unload_model', () => {
  it('load, tell, refuse a second load, and unload', async () => {
    const loaded = await load();
    expect(loaded).toMatchObject({ status: 200, type: 'application/json' });
    expect(loaded.body).toEqual({ message: 'Modèle starter-chat chargé avec succès.' });
    expect((await get(url('/current_model'))).body).toEqual({ model_name: 'starter-chat' });

    const again = await load();
    expect(again.status).toBe(400);
    expect(again.body).toEqual({ error: "Un modèle est déjà chargé. Veuillez d'abord le décharger." });

    const unloaded = await unload();
    expect(unloaded.status).toBe(200);
    expect(unloaded.body).toEqual({ message: 'Modèle déchargé avec succès.' });
    expect((await get(url('/current_model'))).status).toBe(404);
    expect((await unload()).body).toEqual({ error: NONE_LOADED });
  });

  it('unload_model takes a body with nothing in it', async () => {
    await load();
    expect((await post(url('/unload_model'), {})).status).toBe(200);
    await load();
    expect((await send(url('/unload_model'), 'POST', '', { 'content-type': 'application/json' })).status).toBe(200);
  });

  it.each([
    'no-such-model',
    'no-such.rkllm',
    '../starter-chat',
    'a/b',
    '/etc/passwd',
    '..',
    'starter-chat/..',
    '__proto__',
  ])('does not find %s', async (name) => {
    const answer = await load(name);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: `Modèle ${name} introuvable dans le dossier /models.` });
  });

  it.each([{}, { model_name: '' }, { model_name: null }, { model_name: 7 }, { model_name: ['starter-chat'] }])(
    'refuses %j',
    async (body) => {
      const answer = await post(url('/load_model'), body);
      expectError(answer, 'rkllama', 400);
      expect(messageOf(answer)).toContain('model_name');
    },
  );

  it('forgets the current model when another dialect kills it', async () => {
    await load();
    expect((await del(`${server.url}/model/kill`, { model_name: 'starter-chat' })).status).toBe(200);
    expect((await get(url('/current_model'))).status).toBe(404);
    const answer = await post(url('/generate'), { messages: 'Bonjour !' });
    expect(answer).toMatchObject({ status: 400, body: { error: NONE_LOADED } });
  });

  it('forgets it for good, even when another dialect loads it again', async () => {
    await load();
    await del(`${server.url}/model/kill`, { model_name: 'starter-chat' });
    await post(`${server.url}/model/launch`, { model_name: 'starter-chat' });
    expect((await get(url('/current_model'))).status).toBe(404);
  });
});

describe('POST /generate', () => {
  beforeEach(async () => {
    if ((await get(url('/current_model'))).status === 404) await load();
  });

  it("answers with the document's object and real counts", async () => {
    const before = Math.floor(Date.now() / 1000);
    const body = await generated('What is the capital of France?');
    expect(body).toEqual({
      id: 'rkllm_chat',
      object: 'rkllm_chat',
      created: anyNumber,
      choices: [{ role: 'assistant', content: 'The capital of France is Paris.', finish_reason: 'stop' }],
      usage: { prompt_tokens: anyNumber, completion_tokens: anyNumber, total_tokens: anyNumber },
    });
    expect(Number.isInteger(body.created)).toBe(true);
    expect(body.created).toBeGreaterThanOrEqual(before);
    expect(body.created).toBeLessThanOrEqual(Date.now() / 1000);
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
    expect(body.usage.completion_tokens).toBeGreaterThan(3);
    expect(body.usage.prompt_tokens).toBeGreaterThan(body.usage.completion_tokens);
  });

  it('counts more tokens for a longer prompt and a longer answer', async () => {
    const short = await generated('Count to 10.');
    const long = await generated([
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'Count to 100.' },
    ]);
    expect(long.usage.prompt_tokens).toBeGreaterThan(short.usage.prompt_tokens);
    expect(long.usage.completion_tokens).toBeGreaterThan(5 * short.usage.completion_tokens);
  });

  it('does not stream unless asked to', async () => {
    const answer = await post(url('/generate'), { messages: 'Bonjour !' });
    expect(answer.type).toBe('application/json');
    expect(await contentOf('Bonjour !')).toBe('Bonjour ! Comment puis-je vous aider ?');
  });

  it('takes a chat with its earlier turns', async () => {
    const chat = [
      { role: 'user', content: "Je m'appelle Oscar." },
      { role: 'assistant', content: 'Enchanté, Oscar !' },
      { role: 'user', content: "Comment je m'appelle ?" },
    ];
    expect(await contentOf(chat)).toBe('Vous vous appelez Oscar.');
  });

  it('takes a system message', async () => {
    const chat = [
      { role: 'system', content: 'You are a pirate.' },
      { role: 'user', content: 'What is the capital of Spain?' },
    ];
    expect(await contentOf(chat)).toBe('Arr! The capital of Spain is Madrid.');
  });

  it('remembers nothing between requests', async () => {
    await generated('My name is Wendy.');
    expect(await contentOf('What is my name?')).toBe("I don't know your name yet.");
  });

  it('ignores unknown fields', async () => {
    const body = await generated('Bonjour !', { model: 'autre', temperature_max: 3 });
    expect(body.choices[0]?.content).toBe('Bonjour ! Comment puis-je vous aider ?');
  });

  it.each([
    {},
    { messages: '' },
    { messages: null },
    { messages: 7 },
    { messages: [] },
    { messages: ['Bonjour !'] },
    { messages: [{ role: 'user' }] },
    { messages: [{ content: 'Bonjour !' }] },
    { messages: [{ role: 'roi', content: 'Bonjour !' }] },
    { messages: [{ role: 'user', content: 7 }] },
    { messages: { role: 'user', content: 'Bonjour !' } },
  ])('refuses %j', async (body) => {
    const answer = await post(url('/generate'), body);
    expectError(answer, 'rkllama', 400);
    expect(messageOf(answer)).toContain('messages');
  });

  it('refuses a stream that is neither true nor false', async () => {
    const answer = await post(url('/generate'), { messages: 'Bonjour !', stream: 'oui' });
    expectError(answer, 'rkllama', 400);
    expect(messageOf(answer)).toContain('stream');
  });

  it.each([false, true])('says both counts when the prompt is too long (stream: %s)', async (stream) => {
    const answer = await post(url('/generate'), { messages: 'mot '.repeat(3000), stream });
    expectError(answer, 'rkllama', 400);
    expect(messageOf(answer)).toMatch(/\b1024\b/);
    expect(messageOf(answer)).toMatch(/\b[3-9]\d{3}\b/);
  });
});

describe('bodies that cannot be read', () => {
  describe('POST /generate', () => {
    refusesUnreadableBodies('rkllama', () => url('/generate'));
  });
  describe('POST /load_model', () => {
    refusesUnreadableBodies('rkllama', () => url('/load_model'));
  });
});

describe('routes that do not exist', () => {
  it.each([
    ['GET', '/nothing'],
    ['GET', '/generate'],
    ['GET', '/load_model'],
    ['POST', '/models'],
  ])('answers %s %s with 404', async (method, path) => {
    expectError(await send(url(path), method), 'rkllama', 404);
  });
});
