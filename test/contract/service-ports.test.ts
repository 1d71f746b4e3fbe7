import { createServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post, send } from '../support/http.js';
import { spawnServer, STARTERS, startServer, type Dialect, type Server } from '../support/server.js';

const DIALECTS: readonly Dialect[] = ['ml-backend', 'openai', 'rkllama', 'llama-local'];

let server: Server;

beforeAll(async () => {
  server = await startServer({ ports: DIALECTS });
});
afterAll(() => server.stop());

function on(dialect: Dialect, path: string): string {
  return `${server.portUrls[dialect] ?? ''}${path}`;
}

describe('DIALECT_PORTS', () => {
  it('gives a dialect paths of its own, as its document has them', async () => {
    expect((await get(on('rkllama', '/'))).body).toEqual({
      message: 'Bienvenue sur RK-LLama !',
      github: 'https://github.com/notpunhnox/rkllama',
    });
    expect((await get(on('rkllama', '/models'))).body).toEqual({ models: STARTERS });
    expect((await get(on('llama-local', '/health'))).body).toEqual({ status: 'ok', model_loaded: true });
    expect((await get(on('ml-backend', '/model/getactive'))).body).toEqual(['starter-chat']);
    expect((await get(on('openai', '/v1/models'))).body).toMatchObject({ object: 'list' });
  });

  it('answers POST /generate in the words of its dialect, whatever the body', async () => {
    const asked = { prompt: 'Hello!', messages: 'Bonjour !', temperature: 0, stream: false };
    expect((await post(on('llama-local', '/generate'), asked)).body).toEqual({
      text: 'Hello! How can I help you today?',
      prompt: 'Hello!',
    });
    expectError(await post(on('llama-local', '/generate'), { messages: 'Bonjour !' }), 'llama-local', 400);
    await post(on('rkllama', '/load_model'), { model_name: 'starter-chat' });
    expect((await post(on('rkllama', '/generate'), asked)).body).toMatchObject({
      object: 'rkllm_chat',
      choices: [{ content: 'Bonjour ! Comment puis-je vous aider ?' }],
    });
  });

  it('shares models and conversations with the other ports', async () => {
    const ask = (url: string, prompt: string): ReturnType<typeof post> =>
      post(url, { model_name: 'starter-chat', prompt });
    await ask(on('ml-backend', '/generate/fromtext'), 'My name is Wendy.');
    expect((await ask(`${server.url}/generate/fromtext`, 'What is my name?')).text).toBe('Your name is Wendy.');
  });

  it.each([
    ['rkllama', '/v1/models'],
    ['rkllama', '/health'],
    ['rkllama', '/rkllama/models'],
    ['rkllama', '/openai/v1/models'],
    ['openai', '/models'],
    ['openai', '/health'],
    ['openai', '/'],
    ['openai', '/openai/v1/models'],
    ['llama-local', '/'],
    ['llama-local', '/models'],
    ['llama-local', '/v1/models'],
    ['ml-backend', '/health'],
    ['ml-backend', '/model-info'],
  ] as [Dialect, string][])('has on the port of %s no %s', async (dialect, path) => {
    expectError(await get(on(dialect, path)), dialect, 404);
  });

  it.each(DIALECTS)("has the service's own routes on the port of %s", async (dialect) => {
    for (const path of [
      '/healthz/live',
      '/healthz/ready',
      '/metrics',
      '/docs',
      '/redoc',
      '/openapi.json',
      `/openapi/${dialect}.json`,
    ]) {
      expect({ path, status: (await get(on(dialect, path))).status }).toEqual({ path, status: 200 });
    }
  });

  it('reads a query and a closing slash as on any port', async () => {
    expect((await get(on('rkllama', '/models/'))).status).toBe(200);
    expect((await get(on('rkllama', '/models?fresh=1'))).status).toBe(200);
    expect((await get(on('rkllama', '/?fresh=1'))).body).toMatchObject({ message: 'Bienvenue sur RK-LLama !' });
  });

  it('gives URLs of models that lead to the port that was asked', async () => {
    const { data } = (await get(on('openai', '/v1/models'))).body as { data: { url: string; model: string }[] };
    expect(data[0]?.url).toBe(on('openai', '/v1/chat/completions'));
  });

  it('answers broken JSON in the words of its dialect', async () => {
    for (const dialect of ['rkllama', 'llama-local'] as const) {
      const answer = await send(on(dialect, '/generate'), 'POST', '{', { 'content-type': 'application/json' });
      expectError(answer, dialect, 400);
    }
  });
});

describe('a port that is in use', () => {
  let taken: TcpServer;
  let port: string;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = String((taken.address() as AddressInfo).port);
  });
  afterAll(() => new Promise((resolve) => taken.close(resolve)));

  it.each([
    ['PORT', (used: string) => ({ PORT: used })],
    ['DIALECT_PORTS', (used: string) => ({ DIALECT_PORTS: `${used}=rkllama` })],
  ] as const)('in %s ends the start with an error that names it', async (variable, env) => {
    const server = await spawnServer({ env: { ...env(port), PRELOAD_MODELS: '' } });
    const { code } = await server.exit;
    expect(code).toBe(1);
    expect(server.logs()).toContain(variable);
    expect(server.logs()).toContain(port);
    expect(server.logs()).not.toMatch(/\n\s+at /);
    await server.stop();
  });
});

describe('settings that make no sense', () => {
  it.each([
    ['PORT', 'eighty'],
    ['DIALECT_PORTS', '8080=nothing'],
    ['DIALECT_PORTS', 'rkllama'],
    ['MAX_QUEUE', '-1'],
    ['MEMORY_BUDGET', 'plenty'],
    ['RATE_LIMIT', '60'],
    ['AUTOLOAD', 'perhaps'],
    ['MODEL_ALIASES', 'gpt-4o'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s ends the start with an error that names it', async (variable, value) => {
    const server = await spawnServer({ env: { [variable]: value } });
    const { code } = await server.exit;
    expect(code).toBe(1);
    expect(server.logs()).toContain(variable);
    expect(server.logs()).not.toMatch(/\n\s+at /);
    await server.stop();
  });
});
