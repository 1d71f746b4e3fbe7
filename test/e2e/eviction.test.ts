import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../support/http.js';
import { metric } from '../support/metrics.js';
import { childrenOf } from '../support/processes.js';
import { STARTER_FILE, startServer, type Server } from '../support/server.js';
import { open, readToEnd } from '../support/streaming.js';

const MODELS = { 'first.gguf': STARTER_FILE, 'second.gguf': STARTER_FILE, 'third.gguf': STARTER_FILE };

function asked(model: string, content: string, stream = false): object {
  return { model, messages: [{ role: 'user', content }], temperature: 0, stream };
}

function use(server: Server, model: string): ReturnType<typeof post> {
  return post(`${server.url}/v1/chat/completions`, asked(model, 'Hello!'));
}

async function active(server: Server): Promise<string[]> {
  return ((await get(`${server.url}/model/getactive`)).body as string[]).sort();
}

/** What one of the models takes of the budget. */
async function bytesOfOne(): Promise<number> {
  const server = await startServer({ env: { PRELOAD_MODELS: '', SLOTS: '1' }, models: MODELS });
  await use(server, 'first');
  const bytes = await metric(server.url, 'parley_memory_reserved_bytes');
  await server.stop();
  return bytes;
}

let budgetOfTwo: string;

beforeAll(async () => {
  budgetOfTwo = String(Math.floor((await bytesOfOne()) * 2.5));
});

describe('room for two models', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { PRELOAD_MODELS: '', SLOTS: '1', MEMORY_BUDGET: budgetOfTwo }, models: MODELS });
  });
  afterAll(() => server.stop());

  it('goes to those that were used last', async () => {
    await use(server, 'first');
    await use(server, 'second');
    await use(server, 'first');
    expect((await use(server, 'third')).status).toBe(200);
    expect(await active(server)).toEqual(['first.gguf', 'third.gguf']);
    expect(childrenOf(server.pid)).toHaveLength(2);
    expect(await metric(server.url, 'parley_model_evictions_total')).toBe(1);
  });

  it('is given back to who asks again', async () => {
    expect((await use(server, 'second')).body).toMatchObject({
      choices: [{ message: { content: 'Hello! How can I help you today?' } }],
    });
    expect(await active(server)).toEqual(['second.gguf', 'third.gguf']);
  });

  it('is never exceeded, even when all are asked for at once', async () => {
    const models = ['first', 'second', 'third', 'starter-chat'];
    const answers = await Promise.all(models.map((model) => use(server, model)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(childrenOf(server.pid).length).toBeLessThanOrEqual(2);
    expect(await metric(server.url, 'parley_memory_reserved_bytes')).toBeLessThanOrEqual(Number(budgetOfTwo));
  });

  it('is not taken from a model that is answering', async () => {
    await use(server, 'first');
    await use(server, 'second');
    const answers = ['first', 'second'].map((model) =>
      open(`${server.url}/v1/chat/completions`, asked(model, 'Count to 100.', true)),
    );
    const responses = await Promise.all(answers.map(({ response }) => response));
    const [third, ...texts] = await Promise.all([use(server, 'third'), ...responses.map(readToEnd)]);
    expect(third.status).toBe(200);
    for (const { text, complete } of texts) {
      expect(complete).toBe(true);
      expect(text).toContain('[DONE]');
      expect(text).not.toContain('"error"');
    }
  });
});

describe('a model that is preloaded', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { SLOTS: '1', MEMORY_BUDGET: budgetOfTwo }, models: MODELS });
  });
  afterAll(() => server.stop());

  it('stays, however long it was not used', async () => {
    for (const model of ['first', 'second', 'third']) expect((await use(server, model)).status).toBe(200);
    expect(await active(server)).toEqual(['starter-chat', 'third.gguf']);
  });
});
