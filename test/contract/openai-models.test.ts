import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { del, get, post, type Answer } from '../support/http.js';
import { anyNumber, including, matching } from '../support/matchers.js';
import { postForm } from '../support/forms.js';
import { printed } from '../support/printed.js';
import { STARTER_FILE, STARTERS, startServer, type Server } from '../support/server.js';

interface Model {
  readonly id: string;
  readonly model: string;
  readonly url: string;
  readonly capabilities: readonly string[];
  readonly context_length: number | null;
  readonly state: string;
}

let server: Server;

beforeAll(async () => {
  server = await startServer({
    models: { 'spare.gguf': STARTER_FILE },
    env: { MODEL_ALIASES: 'Llama3-8B=starter-chat' },
  });
});
afterAll(() => server.stop());

async function list(headers: Record<string, string> = {}): Promise<readonly Model[]> {
  return ((await get(`${server.url}/openai/v1/models`, headers)).body as { data: readonly Model[] }).data;
}

async function model(id: string): Promise<Model> {
  const answer = await get(`${server.url}/openai/v1/models/${id}`);
  expect(answer.status).toBe(200);
  return answer.body as Model;
}

function chat(url: string, name: string): Promise<Answer> {
  return post(url, { model: name, messages: [{ role: 'user', content: 'Hello!' }], temperature: 0 });
}

describe('GET /v1/models', () => {
  it('lists what can be used now, with the standard and with OpenAI', async () => {
    const answer = await get(`${server.url}/openai/v1/models`);
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    const { project, object, data } = answer.body as { project: string; object: string; data: readonly Model[] };
    expect(project.length).toBeGreaterThan(0);
    expect(object).toBe('list');
    expect(data.map(({ id }) => id)).toEqual(including(...STARTERS, 'spare.gguf', 'Llama3-8B'));
    for (const one of data) {
      expect(one).toEqual({
        id: one.id,
        object: 'model',
        created: anyNumber,
        owned_by: matching(/./),
        model: one.id,
        url: matching(
          /^http:\/\/127\.0\.0\.1:\d+\/(ocr|v1\/(chat\/completions|images\/generations|audio\/speech|embeddings))$/,
        ),
        capabilities: including(matching(/^[a-z-]+$/)),
        context_length: one.context_length,
        max_model_len: one.context_length,
        state: matching(/^(un)?loaded$/),
      });
    }
  });

  it.each([
    ['starter-chat', ['completion', 'chat']],
    ['starter-vision', ['completion', 'chat', 'vision', 'ocr']],
    ['starter-ocr', ['ocr']],
    ['starter-embed', ['embeddings', 'rerank']],
    ['starter-voice', ['speech']],
  ])('says what %s can be asked for', async (id, capabilities) => {
    expect((await model(id)).capabilities).toEqual(capabilities);
  });

  it('says what starter-image can be asked for', async () => {
    expect((await model('starter-image')).capabilities).toContain('images');
  });

  it('gives URLs that serve the model', async () => {
    for (const { model: name, url } of (await list()).filter(({ capabilities }) => capabilities.includes('chat'))) {
      expect(await chat(url, name)).toMatchObject({ status: 200, body: { code: 0 } });
    }
  });

  it('gives the route that draws for a model that draws, and so for speech and vectors', async () => {
    const urlOf = async (id: string): Promise<string> => (await model(id)).url;
    const drawn = await post(await urlOf('starter-image'), {
      model: 'starter-image',
      prompt: 'a red circle',
      size: '64x64',
      steps: 1,
    });
    expect(drawn.body).toMatchObject({ code: 0, data: [{ url: matching(/\.png$/) }] });
    const spoken = await post(await urlOf('starter-voice'), { model: 'starter-voice', input: 'Hello.' });
    expect({ status: spoken.status, type: spoken.type }).toEqual({ status: 200, type: 'audio/mpeg' });
    const embedded = await post(await urlOf('starter-embed'), { model: 'starter-embed', input: 'Hello.' });
    expect(embedded.body).toMatchObject({ code: 0, data: [{ object: 'embedding' }] });
  });

  it('gives the route that reads for a model that only reads', async () => {
    const { url } = await model('starter-ocr');
    expect(url).toBe(`${server.url}/ocr`);
    const page = { name: 'page.png', bytes: await printed(['Hello there']).png().toBuffer() };
    expect((await postForm(url, { model: 'starter-ocr' }, [['file', page]])).body).toMatchObject({
      text: 'Hello there',
    });
  });

  it('builds them from Host, and from what a trusted proxy forwards', async () => {
    const forwarded = { 'x-forwarded-host': 'ai.example.org', 'x-forwarded-proto': 'https' };
    expect((await list(forwarded))[0]?.url).toMatch(/^https:\/\/ai\.example\.org\/v1\/chat\/completions$/);
  });
});

describe('GET /v1/models/{id}', () => {
  it.each(['starter-chat', 'spare.gguf', 'Llama3-8B'])('has %s for itself', async (id) => {
    expect(await model(id)).toMatchObject({ id, object: 'model', model: id });
  });

  it('follows a model from disk into memory and back', async () => {
    const id = 'spare.gguf';
    const kill = (): Promise<Answer> => del(`${server.url}/ml-backend/model/kill`, { model_name: id });
    await kill(); // other tests may have loaded it, and a launch does not shrink a context
    await post(`${server.url}/ml-backend/model/launch`, { model_name: id, n_ctx: 512 });
    expect(await model(id)).toMatchObject({ state: 'loaded', context_length: 512, max_model_len: 512 });
    expect((await kill()).status).toBe(200);
    expect(await model(id)).toMatchObject({ state: 'unloaded', context_length: null, max_model_len: null });
  });

  it('tells of an alias what is so of the model it leads to', async () => {
    const target = await model('starter-chat');
    expect(target).toMatchObject({ state: 'loaded', context_length: 1024 });
    expect(await model('Llama3-8B')).toEqual({ ...target, id: 'Llama3-8B', model: 'Llama3-8B' });
  });
});
