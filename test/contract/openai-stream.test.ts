import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/http.js';
import { anyNumber, matching } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';
import { sseEvents } from '../support/streaming.js';

interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly choices: readonly {
    readonly index: number;
    readonly delta?: { readonly role?: string; readonly content?: string };
    readonly text?: string;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Record<string, unknown> | null;
}

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function chunksOf(path: string, body: object): Promise<Chunk[]> {
  const answer = await post(`${server.url}/openai/v1/${path}`, { temperature: 0, stream: true, ...body });
  expect(answer).toMatchObject({ status: 200, type: 'text/event-stream' });
  const events = sseEvents(answer.text);
  expect(events.pop()).toBe('[DONE]');
  return events.map((event) => JSON.parse(event) as Chunk);
}

function chat(prompt: string, more: object = {}): Promise<Chunk[]> {
  return chunksOf('chat/completions', { messages: [{ role: 'user', content: prompt }], ...more });
}

async function whole(path: string, body: object): Promise<Chunk> {
  return (await post(`${server.url}/openai/v1/${path}`, { temperature: 0, ...body })).body as Chunk;
}

function textOf(chunks: readonly Chunk[], index = 0): string {
  const choices = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index);
  return choices.map((choice) => choice.delta?.content ?? choice.text ?? '').join('');
}

function reasonsOf(chunks: readonly Chunk[], index = 0): (string | null)[] {
  return chunks
    .flatMap((chunk) => chunk.choices)
    .filter((choice) => choice.index === index)
    .map((choice) => choice.finish_reason);
}

describe('POST /v1/chat/completions with stream: true', () => {
  it("sends OpenAI's chunks: role first, then content, then finish_reason", async () => {
    const chunks = await chat('What is the capital of France?');
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant' });
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({
        id: matching(/^chatcmpl-\w+$/),
        object: 'chat.completion.chunk',
        created: anyNumber,
        model: 'starter-chat',
      });
      expect(chunk.id).toBe(chunks[0]?.id);
      expect(chunk).not.toHaveProperty('usage');
    }
    expect(textOf(chunks)).toBe('The capital of France is Paris.');
    const reasons = reasonsOf(chunks);
    expect(reasons.pop()).toBe('stop');
    expect(new Set(reasons)).toEqual(new Set([null]));
  });

  it('says length when max_tokens ended it', async () => {
    const chunks = await chat('Count to 100.', { max_tokens: 8 });
    expect(textOf(chunks)).toBe('1, 2, 3, 4, ');
    expect(reasonsOf(chunks).at(-1)).toBe('length');
  });

  it.each(['What is the capital of France?', 'Привет!', 'Write a poem about the sea.', 'Repeat: 🚀🎉'])(
    'streams what it would have said at once: %s',
    async (prompt) => {
      const asked = { messages: [{ role: 'user', content: prompt }] };
      const answer = (await whole('chat/completions', asked)) as unknown as {
        choices: [{ message: { content: string } }];
      };
      expect(textOf(await chat(prompt))).toBe(answer.choices[0].message.content);
    },
  );

  it.each([['6'], [', 6'], ['5, 6, 7']])('never lets a part of the stop string %j out', async (stop) => {
    const chunks = await chat('Count to 10.', { stop });
    const expected = '1, 2, 3, 4, 5, 6, 7, 8, 9, 10'.split(stop)[0];
    expect(textOf(chunks)).toBe(expected);
    expect(reasonsOf(chunks).at(-1)).toBe('stop');
  });

  it('keeps what merely began like a stop string', async () => {
    expect(textOf(await chat('Count to 10.', { stop: '10, 11' }))).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
  });

  it('adds usage last when asked to, as in the whole answer', async () => {
    const body = { messages: [{ role: 'user', content: 'Count to 10.' }] };
    const chunks = await chunksOf('chat/completions', { ...body, stream_options: { include_usage: true } });
    const last = chunks.pop();
    expect(last?.choices).toEqual([]);
    const { prompt_tokens, completion_tokens, total_tokens } = (await whole('chat/completions', body)).usage ?? {};
    expect(last?.usage).toMatchObject({ prompt_tokens, completion_tokens, total_tokens });
    for (const chunk of chunks) expect(chunk.usage).toBeNull();
  });

  it('counts exactly max_tokens', async () => {
    const chunks = await chat('Count to 100.', { max_tokens: 11, stream_options: { include_usage: true } });
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: 11 });
  });

  it('streams n choices, each with its own index and end', async () => {
    const more = { n: 3, temperature: 1.2, seed: 7, max_tokens: 30, stream_options: { include_usage: true } };
    const chunks = await chat('Tell me a story.', more);
    const { choices, usage } = (await whole('chat/completions', {
      messages: [{ role: 'user', content: 'Tell me a story.' }],
      ...more,
      stream_options: null,
    })) as unknown as { choices: { message: { content: string } }[]; usage: { completion_tokens: number } };
    expect([0, 1, 2].map((index) => textOf(chunks, index))).toEqual(choices.map(({ message }) => message.content));
    for (const index of [0, 1, 2])
      expect(reasonsOf(chunks, index).filter((reason) => reason !== null)).toEqual(['length']);
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: usage.completion_tokens });
  });
});

describe('POST /v1/completions with stream: true', () => {
  it('sends text chunks', async () => {
    const asked = { prompt: 'Once upon a time', max_tokens: 20 };
    const chunks = await chunksOf('completions', asked);
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({ id: matching(/^cmpl-\w+$/), object: 'text_completion', model: 'starter-chat' });
    }
    const { choices } = await whole('completions', asked);
    expect(textOf(chunks)).toBe(choices[0]?.text);
    expect(reasonsOf(chunks).at(-1)).toBe('length');
  });

  it('echoes the prompt first', async () => {
    const chunks = await chunksOf('completions', { prompt: 'Once upon a time', max_tokens: 5, echo: true });
    expect(textOf(chunks)).toMatch(/^Once upon a time.+/);
  });

  it('keeps the choices of several prompts apart', async () => {
    const asked = {
      prompt: ['<|im_start|>user\nCount to 100.<|im_end|>\n<|im_start|>assistant\n', 'Once upon a time'],
      n: 2,
      max_tokens: 8,
      seed: 3,
      temperature: 1,
    };
    const chunks = await chunksOf('completions', asked);
    const { choices } = await whole('completions', asked);
    expect([0, 1, 2, 3].map((index) => textOf(chunks, index))).toEqual(choices.map(({ text }) => text));
  });
});

describe('trouble before the first byte of a stream', () => {
  it('is an ordinary answer with its status', async () => {
    const messages = [{ role: 'user', content: 'word '.repeat(3000) }];
    const answer = await post(`${server.url}/openai/v1/chat/completions`, { messages, stream: true });
    expect(answer).toMatchObject({ status: 400, type: 'application/json' });
  });
});
