import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postForm } from '../support/forms.js';
import { get, post } from '../support/http.js';
import { anyNumber, including, matching } from '../support/matchers.js';
import { printed } from '../support/printed.js';
import { STARTER_FILE, startServer, type Server } from '../support/server.js';

interface Completion {
  readonly choices: readonly { readonly index: number; readonly text: string; readonly finish_reason: string }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
}

const asked = (question: string): string => `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`;
const CAPITAL = asked('What is the capital of France?');
const COUNT = asked('Count to 100.');

let server: Server;

beforeAll(async () => {
  server = await startServer({
    env: { MODEL_ALIASES: 'Llama3-8B=starter-chat,gpt-4o=starter-chat' },
    models: { 'spare.gguf': STARTER_FILE },
  });
});
afterAll(() => server.stop());

async function complete(prompt: unknown, more: object = {}): Promise<Completion> {
  const answer = await post(`${server.url}/openai/v1/completions`, { prompt, temperature: 0, ...more });
  expect(answer).toMatchObject({ status: 200, type: 'application/json' });
  return answer.body as Completion;
}

describe('POST /v1/completions', () => {
  it("answers with OpenAI's object and the standard's code and message", async () => {
    const answer = await complete('Once upon a time', { max_tokens: 12 });
    expect(answer).toMatchObject({
      id: matching(/^cmpl-\w+$/),
      object: 'text_completion',
      created: anyNumber,
      model: 'starter-chat',
      choices: [{ index: 0, finish_reason: 'length' }],
      usage: { prompt_tokens: anyNumber, completion_tokens: 12 },
      code: 0,
      message: 'success',
    });
    expect(answer.choices[0]?.text.length).toBeGreaterThan(0);
    expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens + 12);
  });

  it('takes the prompt as it is, special tokens included', async () => {
    const answer = await complete(CAPITAL);
    expect(answer.choices[0]).toMatchObject({ text: 'The capital of France is Paris.', finish_reason: 'stop' });
  });

  it('echo puts the prompt first and counts no more tokens for it', async () => {
    const limit = { max_tokens: 10 };
    const plain = await complete('Once upon a time', limit);
    const echoed = await complete('Once upon a time', { ...limit, echo: true });
    expect(echoed.choices[0]?.text).toBe(`Once upon a time${plain.choices[0]?.text ?? ''}`);
    expect(echoed.usage.completion_tokens).toBe(10);
  });

  it('answers several prompts in their order', async () => {
    const both = await complete([COUNT, 'Once upon a time'], { max_tokens: 8 });
    const [first, second] = [
      await complete(COUNT, { max_tokens: 8 }),
      await complete('Once upon a time', { max_tokens: 8 }),
    ];
    expect(both.choices.map(({ index, text }) => ({ index, text }))).toEqual([
      { index: 0, text: first.choices[0]?.text },
      { index: 1, text: second.choices[0]?.text },
    ]);
    expect(both.usage.prompt_tokens).toBe(first.usage.prompt_tokens + second.usage.prompt_tokens);
    expect(both.usage.completion_tokens).toBe(16);
  });

  it('n counts for each prompt', async () => {
    const more = { max_tokens: 8, n: 2, echo: true, temperature: 1, seed: 5 };
    const answer = await complete([COUNT, 'Once upon a time'], more);
    expect(answer.choices.map(({ index, text }) => [index, text.startsWith(COUNT)])).toEqual([
      [0, true],
      [1, true],
      [2, false],
      [3, false],
    ]);
    expect(answer.usage.completion_tokens).toBe(32);
  });

  it('answers more prompts than there are slots, and has nothing to complain of', async () => {
    const answer = await complete(Array<string>(40).fill(CAPITAL));
    expect(answer.choices.map(({ text }) => text)).toEqual(Array(40).fill('The capital of France is Paris.'));
    expect(server.logs()).not.toMatch(/warning/i);
  });

  it('stop leaves nothing of itself behind', async () => {
    const answer = await complete(CAPITAL, { stop: ' is' });
    expect(answer.choices[0]).toMatchObject({ text: 'The capital of France', finish_reason: 'stop' });
  });

  it('ends at the end of the context with length', async () => {
    const answer = await complete('Once upon a time', { max_tokens: 100_000, temperature: 0, stop: null });
    const { finish_reason } = answer.choices[0] ?? {};
    expect(answer.usage.total_tokens).toBeLessThanOrEqual(1024);
    expect(finish_reason).toBe(answer.usage.total_tokens === 1024 ? 'length' : 'stop');
  });

  it('ignores unknown fields, and takes null as absent', async () => {
    const more = { max_tokens: 3, suffix: null, logprobs: null, best_of: null, echo: null, n: null, mirostat: 2 };
    expect((await complete(COUNT, more)).usage.completion_tokens).toBe(3);
  });
});

describe('GET /v1/models', () => {
  it('lists what can be used now, with the standard and with OpenAI', async () => {
    const answer = await get(`${server.url}/openai/v1/models`);
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    const { project, object, data } = answer.body as { project: string; object: string; data: { id: string }[] };
    expect(project.length).toBeGreaterThan(0);
    expect(object).toBe('list');
    expect(data.map(({ id }) => id)).toEqual(including('starter-chat', 'spare.gguf', 'Llama3-8B', 'gpt-4o'));
    for (const model of data) {
      expect(model).toEqual({
        id: model.id,
        object: 'model',
        created: anyNumber,
        owned_by: matching(/./),
        model: model.id,
        url: matching(
          /^http:\/\/127\.0\.0\.1:\d+\/(ocr|(openai\/)?v1\/(chat\/completions|images\/generations|audio\/speech))$/,
        ),
      });
    }
  });

  it('gives URLs that serve the model', async () => {
    const { data } = (await get(`${server.url}/openai/v1/models`)).body as { data: { model: string; url: string }[] };
    const others = ['starter-ocr', 'starter-vision', 'starter-image', 'starter-voice'];
    const answering = data.filter(({ model }) => !others.includes(model));
    for (const { model, url } of answering) {
      const answer = await post(url, { model, messages: [{ role: 'user', content: 'Hello!' }], temperature: 0 });
      expect(answer.body).toMatchObject({
        code: 0,
        choices: [{ message: { content: 'Hello! How can I help you today?' } }],
      });
    }
  });

  it('gives the route that draws for a model that draws, and the one that speaks for one that speaks', async () => {
    const { data } = (await get(`${server.url}/openai/v1/models`)).body as { data: { id: string; url: string }[] };
    const urlOf = (id: string): string => data.find((model) => model.id === id)?.url ?? '';
    const drawn = await post(urlOf('starter-image'), { model: 'starter-image', prompt: 'a red circle', size: '64x64' });
    expect(drawn.body).toMatchObject({ code: 0, data: [{ url: matching(/\.png$/) }] });
    const spoken = await post(urlOf('starter-voice'), { model: 'starter-voice', input: 'Hello.' });
    expect({ status: spoken.status, type: spoken.type }).toEqual({ status: 200, type: 'audio/mpeg' });
  });

  it('gives the route that reads for a model that only reads, and none for what no route serves', async () => {
    const { data } = (await get(`${server.url}/openai/v1/models`)).body as { data: { id: string; url: string }[] };
    const { url = '' } = data.find(({ id }) => id === 'starter-ocr') ?? {};
    expect(url).toBe(`${server.url}/ocr`);
    const page = { name: 'page.png', bytes: await printed(['Hello there']).png().toBuffer() };
    expect((await postForm(url, { model: 'starter-ocr' }, [['file', page]])).body).toMatchObject({
      text: 'Hello there',
    });
    expect(data.map(({ id }) => id)).not.toContain('starter-embed');
  });

  it('builds them from Host, and from what a trusted proxy forwards', async () => {
    const forwarded = { 'x-forwarded-host': 'ai.example.org', 'x-forwarded-proto': 'https' };
    const { data } = (await get(`${server.url}/openai/v1/models`, forwarded)).body as { data: { url: string }[] };
    expect(data[0]?.url).toMatch(/^https:\/\/ai\.example\.org\/(openai\/)?v1\/chat\/completions$/);
  });

  it.each(['starter-chat', 'spare.gguf', 'Llama3-8B'])('has %s for itself', async (id) => {
    const answer = await get(`${server.url}/openai/v1/models/${id}`);
    expect(answer).toMatchObject({ status: 200, body: { id, object: 'model', model: id } });
  });
});

describe('an alias', () => {
  it('is a model of the name that the client knows', async () => {
    const answer = await post(`${server.url}/openai/v1/chat/completions`, {
      model: 'Llama3-8B',
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        { role: 'user', content: 'What is the capital of France?' },
      ],
      temperature: 0,
    });
    expect(answer.body).toMatchObject({
      code: 0,
      message: 'success',
      model: 'Llama3-8B',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'The capital of France is Paris.' }, finish_reason: 'stop' },
      ],
    });
  });

  it('works in the other dialects', async () => {
    const text = await post(`${server.url}/ml-backend/generate/fromtext`, { model_name: 'gpt-4o', prompt: 'Hello!' });
    expect(text.text).toBe('Hello! How can I help you today?');
    const loaded = await post(`${server.url}/rkllama/load_model`, { model_name: 'gpt-4o' });
    expect(loaded.body).toEqual({ message: 'Modèle gpt-4o chargé avec succès.' });
  });
});
