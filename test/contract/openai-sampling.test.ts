import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../support/openai-refusal.js';
import { startServer, type Server } from '../support/server.js';

const model = 'starter-chat';
const FRANCE = { role: 'user' as const, content: 'What is the capital of France?' };
const STORY = { role: 'user' as const, content: 'Tell me a story.' };

let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = await startServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.stop());

function ask(more: object = {}): Promise<OpenAI.ChatCompletion> {
  return client.chat.completions.create({ model, temperature: 0, messages: [FRANCE], ...more });
}

const contentOf = (answer: OpenAI.ChatCompletion, index = 0): string => answer.choices[index]?.message.content ?? '';
/** The client calls the field deprecated; it is served all the same. */
function fingerprintOf(answer: object): unknown {
  return 'system_fingerprint' in answer ? answer.system_fingerprint : undefined;
}

const url = (path: string): string => `${server.url}/v1/${path}`;

describe('log probabilities', () => {
  it('are those of the text, token by token, the likeliest first', async () => {
    const answer = await ask({ logprobs: true, top_logprobs: 3 });
    const tokens = answer.choices[0]?.logprobs?.content ?? [];
    expect(contentOf(answer)).toBe('The capital of France is Paris.');
    expect(tokens.map(({ token }) => token).join('')).toBe(contentOf(answer));
    expect(Buffer.from(tokens.flatMap(({ bytes }) => bytes ?? [])).toString()).toBe(contentOf(answer));
    for (const { token, logprob, top_logprobs: top } of tokens) {
      expect(top).toHaveLength(3);
      expect(top[0]).toMatchObject({ token, logprob }); // greedy decoding takes the likeliest
      expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).sort((a, b) => b - a));
      const mass = top.reduce((sum, one) => sum + Math.exp(one.logprob), 0);
      expect(mass).toBeGreaterThan(0);
      expect(mass).toBeLessThanOrEqual(1.0001);
    }
  });

  it("do not change with temperature, as they are the model's own", async () => {
    const first = async (temperature: number): Promise<readonly { logprob: number }[]> => {
      const answer = await ask({ logprobs: true, top_logprobs: 5, temperature, max_tokens: 1, seed: 4 });
      return answer.choices[0]?.logprobs?.content?.[0]?.top_logprobs ?? [];
    };
    const [cold, warm] = [await first(0), await first(1.7)];
    expect(warm).toHaveLength(5);
    expect(warm.map(({ logprob }) => logprob.toFixed(3))).toEqual(cold.map(({ logprob }) => logprob.toFixed(3)));
  });

  it('come with the chunks of a stream', async () => {
    const stream = await client.chat.completions.create({
      model,
      temperature: 0,
      messages: [FRANCE],
      logprobs: true,
      stream: true,
    });
    const tokens: string[] = [];
    for await (const chunk of stream) {
      tokens.push(...(chunk.choices[0]?.logprobs?.content ?? []).map(({ token }) => token));
    }
    expect(tokens.join('')).toBe('The capital of France is Paris.');
  });

  it('of text completions say where each token begins', async () => {
    const answer = await client.completions.create({
      model,
      prompt: 'Hello',
      logprobs: 2,
      max_tokens: 4,
      temperature: 0,
    });
    const choice = answer.choices[0];
    const { tokens = [], text_offset: offsets = [], top_logprobs: top = [] } = choice?.logprobs ?? {};
    expect(tokens.join('')).toBe(choice?.text);
    expect(offsets).toEqual(tokens.map((_, index) => tokens.slice(0, index).join('').length));
    expect(top.every((one) => Object.keys(one).length <= 2)).toBe(true);
  });

  it('equal seeds draw alike', async () => {
    const drawn = (seed: number): Promise<OpenAI.ChatCompletion> =>
      ask({ messages: [STORY], logprobs: true, temperature: 1.5, seed, max_tokens: 40 });
    const [one, same, other] = [await drawn(1), await drawn(1), await drawn(2)];
    expect(contentOf(same)).toBe(contentOf(one));
    expect(contentOf(other)).not.toBe(contentOf(one));
  });
});

describe('logit_bias', () => {
  async function firstToken(bias: Record<string, number>, more: object = {}): Promise<string> {
    return contentOf(await ask({ logit_bias: bias, max_tokens: 1, ...more }));
  }

  async function tokensOf(text: string): Promise<readonly number[]> {
    const response = await fetch(`${server.url}/tokenize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, prompt: text, add_special_tokens: false }),
    });
    return ((await response.json()) as { tokens: number[] }).tokens;
  }

  it.each([{}, { logprobs: true }])('bans a token and brings one up, with %j', async (more) => {
    const usual = await firstToken({}, more);
    const [usualToken] = await tokensOf(usual);
    expect(await firstToken({ [String(usualToken)]: -100 }, more)).not.toBe(usual);
    const wanted = (await tokensOf('Paris')).at(-1);
    const brought = await firstToken({ [String(wanted)]: 100 }, more);
    expect((await tokensOf(brought)).at(-1)).toBe(wanted);
  });

  it('refuses tokens that the model does not have', async () => {
    const body = { model, messages: [FRANCE], logit_bias: { 999999: 1 } };
    expect(await refusalOf(url('chat/completions'), body)).toMatchObject({ status: 400, param: 'logit_bias' });
  });
});

describe('several choices', () => {
  it('count the prompt once', async () => {
    const one = await ask();
    const three = await ask({ n: 3 });
    expect(three.choices.map((_, index) => contentOf(three, index))).toEqual(Array(3).fill(contentOf(one)));
    expect(three.usage?.prompt_tokens).toBe(one.usage?.prompt_tokens);
    expect(three.usage?.completion_tokens).toBe(3 * (one.usage?.completion_tokens ?? 0));
  });
});

describe('what else an answer says', () => {
  it('is the fingerprint of model and service', async () => {
    const [one, two] = [await ask(), await ask({ temperature: 1 })];
    expect(fingerprintOf(one)).toMatch(/^fp_[0-9a-f]{10}$/);
    expect(fingerprintOf(two)).toBe(fingerprintOf(one));
  });

  it('are the cached tokens of a prompt that was seen before', async () => {
    const messages = [{ role: 'user' as const, content: 'Which of the many capitals of Europe do you know best?' }];
    await ask({ messages, max_tokens: 1 });
    const again = await ask({ messages, max_tokens: 1 });
    expect(again.usage?.prompt_tokens_details?.cached_tokens).toBe((again.usage?.prompt_tokens ?? 0) - 1);
  });
});

describe('parameters out of their range', () => {
  it.each([
    ['top_logprobs', { logprobs: true, top_logprobs: 21 }],
    ['top_logprobs', { top_logprobs: 2 }],
    ['logit_bias', { logit_bias: { 5: 101 } }],
    ['logit_bias', { logit_bias: { hello: 1 } }],
    ['stop', { stop: ['1', '2', '3', '4', '5'] }],
    ['n', { n: 9 }],
    ['reasoning_effort', { reasoning_effort: 'high' }],
  ])('are refused: %s in %j', async (param, more) => {
    const body = { model, messages: [FRANCE], ...more };
    expect(await refusalOf(url('chat/completions'), body)).toMatchObject({ status: 400, param });
  });
});
