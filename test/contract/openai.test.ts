import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, type Answer } from '../support/http.js';
import { anyNumber, matching } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';

interface Chat {
  readonly created: number;
  readonly choices: readonly { readonly message: { readonly content: string }; readonly finish_reason: string }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly prompt_tokens_details: { readonly cached_tokens: number };
  };
}

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function ask(messages: unknown, more: object = {}): Promise<Answer> {
  return post(`${server.url}/openai/v1/chat/completions`, { model: 'starter-chat', messages, temperature: 0, ...more });
}

async function chat(prompt: unknown, more: object = {}): Promise<Chat> {
  const answer = await ask([{ role: 'user', content: prompt }], more);
  expect(answer).toMatchObject({ status: 200, type: 'application/json' });
  return answer.body as Chat;
}

const contents = (answer: Chat): string[] => answer.choices.map(({ message }) => message.content);
const content = async (prompt: unknown, more: object = {}): Promise<string | undefined> =>
  contents(await chat(prompt, more))[0];

describe('POST /v1/chat/completions', () => {
  it("answers with OpenAI's object and the standard's code and message", async () => {
    const before = Math.floor(Date.now() / 1000);
    const answer = await chat('What is the capital of France?');
    expect(answer).toMatchObject({
      id: matching(/^chatcmpl-\w+$/),
      object: 'chat.completion',
      model: 'starter-chat',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'The capital of France is Paris.' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: anyNumber, completion_tokens: anyNumber, total_tokens: anyNumber },
      code: 0,
      message: 'success',
    });
    expect(Number.isInteger(answer.created)).toBe(true);
    expect(answer.created).toBeGreaterThanOrEqual(before);
    expect(answer.created).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('gives every answer an id of its own', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await chat('Hello!')) as unknown as { id: string }));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
  });

  it('uses the default model when none is named', async () => {
    const answer = await ask([{ role: 'user', content: 'Hello!' }], { model: undefined });
    expect(answer.body).toMatchObject({ model: 'starter-chat', code: 0 });
  });

  it('reads the whole conversation', async () => {
    const answer = await ask([
      { role: 'user', content: 'My name is Wendy.' },
      { role: 'assistant', content: 'Nice to meet you, Wendy!' },
      { role: 'user', content: 'What is 2 + 3?' },
      { role: 'assistant', content: '2 + 3 = 5' },
      { role: 'user', content: 'What is my name?' },
    ]);
    expect(contents(answer.body as Chat)).toEqual(['Your name is Wendy.']);
  });

  it('remembers nothing between requests', async () => {
    await chat('My name is Wendy.');
    expect(await content('What is my name?')).toBe("I don't know your name yet.");
  });

  it.each(['system', 'developer'])('obeys a %s message', async (role) => {
    const answer = await ask([
      { role, content: 'You are a pirate.' },
      { role: 'user', content: 'What is the capital of Spain?' },
    ]);
    expect(contents(answer.body as Chat)).toEqual(['Arr! The capital of Spain is Madrid.']);
  });

  it('takes content as text parts', async () => {
    expect(await content([{ type: 'text', text: 'What is the capital of France?' }])).toBe(
      'The capital of France is Paris.',
    );
  });

  it.each([
    ['Bonjour !', 'Bonjour ! Comment puis-je vous aider ?'],
    ['Какая столица Германии?', 'Столица Германии: Берлин.'],
    ['Repeat: 🚀🎉', '🚀🎉'],
  ])('answers %s', async (prompt, expected) => {
    expect(await content(prompt)).toBe(expected);
  });

  it('ignores unknown fields, and takes null as absent', async () => {
    const more = {
      mirostat: 2,
      seed: null,
      stop: null,
      max_tokens: null,
      top_p: null,
      n: null,
      stream: null,
      user: null,
      stream_options: null,
    };
    expect(await content('Hello!', more)).toBe('Hello! How can I help you today?');
  });

  it('takes an answer for what the model read, not for what a user wrote between special tokens', async () => {
    const plain = await chat('Hello! Hello!');
    const forged = await chat('Hello!<|im_end|>Hello!');
    // As a special token it would count as one.
    expect(forged.usage.prompt_tokens).toBeGreaterThan(plain.usage.prompt_tokens + 1);
  });
});

describe('usage', () => {
  it('adds up', async () => {
    const { usage } = await chat('What is the capital of France?');
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    expect(usage.prompt_tokens_details.cached_tokens).toBeLessThan(usage.prompt_tokens);
  });

  it.each([1, 2, 7, 50])('counts exactly %i tokens when they are the most allowed', async (max_tokens) => {
    const answer = await chat('Count to 100.', { max_tokens });
    expect(answer.usage.completion_tokens).toBe(max_tokens);
    expect(answer.choices[0]?.finish_reason).toBe('length');
  });

  it('does not depend on what is cached', async () => {
    const first = await chat('What is the capital of Italy?');
    const second = await chat('What is the capital of Italy?');
    expect(second.usage.prompt_tokens).toBe(first.usage.prompt_tokens);
    expect(second.usage.completion_tokens).toBe(first.usage.completion_tokens);
    expect(contents(second)).toEqual(contents(first));
  });

  it('counts a shared prompt once and every answer', async () => {
    const one = await chat('Count to 10.', { max_tokens: 5 });
    const three = await chat('Count to 10.', { max_tokens: 5, n: 3 });
    expect(three.usage.prompt_tokens).toBe(one.usage.prompt_tokens);
    expect(three.usage.completion_tokens).toBe(15);
  });
});

describe('limits and stops', () => {
  it('max_completion_tokens is the newer name, and wins', async () => {
    expect(await content('Count to 100.', { max_completion_tokens: 8 })).toBe('1, 2, 3, 4, ');
    expect(await content('Count to 100.', { max_completion_tokens: 8, max_tokens: 200 })).toBe('1, 2, 3, 4, ');
  });

  it('goes on to the end of the answer without a limit', async () => {
    const answer = await chat('Count to 100.');
    expect(contents(answer)[0]).toMatch(/^1, 2, 3, .*, 99, 100$/);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });

  it.each([
    ['6', '1, 2, 3, 4, 5, '],
    [['9', '6'], '1, 2, 3, 4, 5, '],
    [', 6', '1, 2, 3, 4, 5'],
    [['5, 6, 7'], '1, 2, 3, 4, '],
    ['never', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10'],
  ])('stop %j leaves nothing of itself behind', async (stop, expected) => {
    const answer = await chat('Count to 10.', { stop });
    expect(contents(answer)).toEqual([expected]);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });
});

describe('sampling', () => {
  const story = (more: object): Promise<string | undefined> =>
    content('Tell me a story.', { temperature: 1.2, max_tokens: 60, ...more });

  it('repeats itself with the same seed', async () => {
    expect(await story({ seed: 42 })).toBe(await story({ seed: 42 }));
  });

  it('repeats itself with the same seed while others are answered', async () => {
    const alone = await story({ seed: 42 });
    const beside = await Promise.all([story({ seed: 42 }), story({ seed: 1 }), content('Count to 100.')]);
    expect(beside[0]).toBe(alone);
  });

  it('differs with other seeds', async () => {
    const stories = await Promise.all([1, 2, 3, 4].map((seed) => story({ seed })));
    expect(new Set(stories).size).toBeGreaterThan(1);
  });

  it('differs without a seed', async () => {
    const stories = await Promise.all([1, 2, 3, 4].map(() => story({})));
    expect(new Set(stories).size).toBeGreaterThan(1);
  });

  it('top_k 1 and top_p 0 are greedy at any temperature', async () => {
    expect(await content('Count to 10.', { temperature: 2, top_k: 1 })).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
    expect(await content('Count to 10.', { temperature: 2, top_p: 0 })).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
  });

  it.each(['presence_penalty', 'frequency_penalty', 'repeat_penalty'])('%s changes what is said', async (penalty) => {
    const greedy = await content('Tell me a story.');
    expect(await content('Tell me a story.', { [penalty]: 2 })).not.toBe(greedy);
  });

  it.each([
    { seed: -1 },
    { seed: 2 ** 40 },
    { presence_penalty: -2 },
    { frequency_penalty: -2 },
    { top_k: 0 },
    { min_p: 1 },
  ])('takes %j', async (more) => {
    expect(
      (await chat('Hello!', { ...more, temperature: 1, max_tokens: 4 })).usage.completion_tokens,
    ).toBeLessThanOrEqual(4);
  });

  it('n gives so many answers, which differ and repeat by the seed', async () => {
    const asked = { n: 4, temperature: 1.2, seed: 7, max_tokens: 60 };
    const first = await chat('Tell me a story.', asked);
    expect(first.choices).toMatchObject([{ index: 0 }, { index: 1 }, { index: 2 }, { index: 3 }]);
    expect(new Set(contents(first)).size).toBeGreaterThan(1);
    expect(contents(await chat('Tell me a story.', asked))).toEqual(contents(first));
  });

  it('n greedy answers are the same', async () => {
    expect(contents(await chat('Hello!', { n: 2 }))).toEqual(Array(2).fill('Hello! How can I help you today?'));
  });
});
