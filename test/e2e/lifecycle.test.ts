import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { del, get, post } from '../support/http.js';
import { metric } from '../support/metrics.js';
import { childrenOf, isRunning, runnerOf } from '../support/processes.js';
import { ask, LONG, LONG_ANSWER } from '../support/questions.js';
import { STARTER_FILE, startServer, type Server } from '../support/server.js';
import { firstPiece, readToEnd } from '../support/streaming.js';

const STARTER = { model_name: 'starter-chat' };
const HELLO = { messages: [{ role: 'user', content: 'Hello!' }], temperature: 0 };

let server: Server;

beforeAll(async () => {
  server = await startServer({
    env: { PRELOAD_MODELS: '' },
    models: { 'spare.gguf': STARTER_FILE, 'user/repo/deep.gguf': STARTER_FILE },
  });
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}${path}`;
const kill = (): ReturnType<typeof del> => del(url('/ml-backend/model/kill'), STARTER);

async function contextSize(): Promise<unknown> {
  return ((await get(url('/llama-local/model-info'))).body as { n_ctx?: number }).n_ctx;
}

describe('a model', () => {
  it('has no process before somebody asks for it', () => {
    expect(childrenOf(server.pid)).toEqual([]);
  });

  it.each([
    ['ml-backend launches it', '/ml-backend/model/launch', STARTER],
    ['ml-backend asks it', '/ml-backend/generate/fromtext', { ...STARTER, prompt: 'Hello!' }],
    ['openai asks it', '/openai/v1/chat/completions', HELLO],
    ['llama-local asks it', '/llama-local/generate', { prompt: 'Hello!', stream: false }],
  ])('has a process when %s, and none when kill returns', async (_, path, body) => {
    expect((await post(url(path), body)).status).toBe(200);
    const runner = await runnerOf(server.pid);
    expect((await get(url('/ml-backend/model/getactive'))).body).toEqual(['starter-chat']);
    expect((await kill()).status).toBe(200);
    expect(isRunning(runner)).toBe(false);
    expect(childrenOf(server.pid)).toEqual([]);
    expect((await get(url('/ml-backend/model/getactive'))).body).toEqual([]);
    expect((await get(url('/llama-local/health'))).body).toEqual({ status: 'model_not_loaded', model_loaded: false });
  });

  it('has a process when rkllama loads it, and none when unload_model returns', async () => {
    expect((await post(url('/rkllama/load_model'), STARTER)).status).toBe(200);
    const runner = await runnerOf(server.pid);
    expect((await post(url('/rkllama/unload_model'), {})).status).toBe(200);
    expect(isRunning(runner)).toBe(false);
  });

  it('has one process, however many ask for it at once', async () => {
    const loads = await metric(server.url, 'parley_model_loads_total');
    const answers = await Promise.all([
      post(url('/ml-backend/model/launch'), STARTER),
      post(url('/openai/v1/chat/completions'), HELLO),
      post(url('/llama-local/generate'), { prompt: 'Hello!', stream: false }),
      post(url('/rkllama/load_model'), STARTER),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await metric(server.url, 'parley_model_loads_total')).toBe(loads + 1);
    await runnerOf(server.pid);
    await kill();
  });

  it('takes the memory that it held with it', async () => {
    await post(url('/ml-backend/model/launch'), STARTER);
    expect(await metric(server.url, 'parley_memory_reserved_bytes')).toBeGreaterThan(0);
    await kill();
    expect(await metric(server.url, 'parley_memory_reserved_bytes')).toBe(0);
  });

  it('tells who it was answering that it ended', async () => {
    await post(url('/ml-backend/model/launch'), STARTER);
    const response = await ask(server, 'openai', LONG, true).response;
    await firstPiece(response);
    expect((await kill()).status).toBe(200);
    const { text } = await readToEnd(response);
    expect(text).toMatch(/data: \{"error":.*\n\n$/);
    expect(text).not.toContain('[DONE]');
  });
});

describe('the context size', () => {
  const launch = (n_ctx?: number): ReturnType<typeof post> =>
    post(url('/ml-backend/model/launch'), { ...STARTER, ...(n_ctx !== undefined && { n_ctx }) });
  beforeEach(() => kill());

  it('is what a launch loads the model with, and never less than it has', async () => {
    await launch(256);
    expect(await contextSize()).toBe(256);
    await launch(512);
    expect(await contextSize()).toBe(512);
    expect((await launch(256)).status).toBe(200);
    expect(await contextSize()).toBe(512);
    await launch();
    expect(await contextSize()).toBe(1024);
  });

  it('is kept by a request that only asks', async () => {
    await launch(512);
    const runner = await runnerOf(server.pid);
    await post(url('/openai/v1/chat/completions'), HELLO);
    expect(await runnerOf(server.pid)).toBe(runner);
    expect(await contextSize()).toBe(512);
  });

  it('is the default again after an unload', async () => {
    await launch(512);
    await kill();
    await post(url('/openai/v1/chat/completions'), HELLO);
    expect(await contextSize()).toBe(1024);
  });

  it('grows when running responses have ended', async () => {
    await launch(512);
    const response = await ask(server, 'ml-backend', LONG, true).response;
    await firstPiece(response);
    const [answer, launched] = await Promise.all([readToEnd(response), launch(1024)]);
    expect(answer).toEqual({ text: LONG_ANSWER, complete: true });
    expect(launched.status).toBe(200);
    expect(await contextSize()).toBe(1024);
  });
});

describe('deleting', () => {
  it.each([
    ['spare.gguf', 'spare.gguf'],
    ['deep', 'user/repo/deep.gguf'],
  ])('%s ends its process and removes its file', async (name, file) => {
    const before = childrenOf(server.pid);
    await post(url('/ml-backend/model/launch'), { model_name: name });
    const [runner = 0] = childrenOf(server.pid).filter((pid) => !before.includes(pid));
    expect((await del(url('/ml-backend/model/delete'), { model_name: name })).status).toBe(200);
    expect(isRunning(runner)).toBe(false);
    expect(existsSync(join(server.modelsDir, file))).toBe(false);
    expectError(await post(url('/ml-backend/model/launch'), { model_name: name }), 'ml-backend', 404);
  });

  it('a starter model is refused, and it goes on answering', async () => {
    expectError(await del(url('/ml-backend/model/delete'), STARTER), 'ml-backend', 403);
    expectError(await del(url('/ml-backend/model/delete'), { model_name: 'starter-chat.gguf' }), 'ml-backend', 403);
    expect(existsSync(STARTER_FILE)).toBe(true);
    expect((await post(url('/openai/v1/chat/completions'), HELLO)).status).toBe(200);
  });
});
