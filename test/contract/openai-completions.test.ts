import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/http.js';
import { anyNumber, matching } from '../support/matchers.js';
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
