import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesUnreadableBodies } from '../support/broken-bodies.js';
import { expectError, messageOf } from '../support/error-shapes.js';
import { get, post, send, type Answer } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';
import { sseEvents } from '../support/streaming.js';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}/llama-local${path}`;

function generate(body: object): Promise<Answer> {
  return post(url('/generate'), { temperature: 0, ...body });
}

async function textOf(body: object): Promise<string> {
  const answer = await generate({ stream: false, ...body });
  expect(answer.status).toBe(200);
  return (answer.body as { text: string }).text;
}

async function eventsOf(body: object): Promise<string[]> {
  const answer = await generate(body);
  expect(answer.status).toBe(200);
  return sseEvents(answer.text);
}

describe('POST /generate with stream: false', () => {
  it('answers with the text and the prompt, and nothing else', async () => {
    const answer = await generate({ prompt: 'What is the capital of France?', stream: false });
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.body).toEqual({
      text: 'The capital of France is Paris.',
      prompt: 'What is the capital of France?',
    });
  });

  it.each([
    ['Что такое машинное обучение?', 'Машинное обучение позволяет компьютерам учиться на данных.'],
    ['Bonjour !', 'Bonjour ! Comment puis-je vous aider ?'],
    ['Repeat: 🚀🎉', '🚀🎉'],
    ['Count to 10.', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10'],
  ])('answers %s in its own language', async (prompt, expected) => {
    expect(await textOf({ prompt, repeat_penalty: 1 })).toBe(expected);
  });

  it('remembers nothing between requests', async () => {
    await generate({ prompt: 'My name is Wendy.', stream: false });
    expect(await textOf({ prompt: 'What is my name?' })).toBe("I don't know your name yet.");
  });

  it('stops after max_tokens', async () => {
    expect(await textOf({ prompt: 'Count to 100.', max_tokens: 8, repeat_penalty: 1 })).toBe('1, 2, 3, 4, ');
  });

  it('varies at a high temperature and not at 0', async () => {
    const asked = { prompt: 'Tell me a story.', max_tokens: 60, repeat_penalty: 1 };
    const greedy = await Promise.all([textOf(asked), textOf(asked)]);
    expect(greedy[0]).toBe(greedy[1]);
    const hot = await Promise.all(
      Array.from({ length: 4 }, () => textOf({ ...asked, temperature: 1.5, top_k: 100, top_p: 1 })),
    );
    expect(new Set(hot).size).toBeGreaterThan(1);
  });

  it('honours repeat_penalty', async () => {
    const prompt = 'Count to 100.';
    expect(await textOf({ prompt, repeat_penalty: 2 })).not.toBe(await textOf({ prompt, repeat_penalty: 1 }));
  });

  it('ignores unknown fields', async () => {
    expect(await textOf({ prompt: 'Hello!', mirostat: 2, session: 'x' })).toBe('Hello! How can I help you today?');
  });

  it('takes null as the default', async () => {
    const nothing = { max_tokens: null, top_p: null, top_k: null, repeat_penalty: null };
    expect(await textOf({ prompt: 'Hello!', ...nothing })).toBe('Hello! How can I help you today?');
  });
});

describe('POST /generate as a stream', () => {
  it('streams by default, as server-sent events that end with [DONE]', async () => {
    const answer = await generate({ prompt: 'What is the capital of France?' });
    expect(answer).toMatchObject({ status: 200, type: 'text/event-stream' });
    const events = sseEvents(answer.text);
    expect(events.at(-1)).toBe('[DONE]');
    expect(events.length).toBeGreaterThan(3);
    expect(events.slice(0, -1).join('')).toBe('The capital of France is Paris.');
  });

  it('writes each event as data lines and an empty line, as the document shows', async () => {
    const { text } = await generate({ prompt: 'Hello!', stream: true });
    expect(text).toMatch(/^(data: [^\n]*\n(data: [^\n]*\n)*\n)+$/);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('keeps the newlines of the answer', async () => {
    const asked = { prompt: 'Write a poem about the sea.', repeat_penalty: 1 };
    const whole = await textOf(asked);
    expect(whole).toContain('\n');
    const events = await eventsOf(asked);
    expect(events.slice(0, -1).join('')).toBe(whole);
  });

  it('never cuts a character in two', async () => {
    const events = await eventsOf({ prompt: 'Repeat: 🚀🎉', repeat_penalty: 1 });
    expect(events.slice(0, -1).join('')).toBe('🚀🎉');
    expect(events.join('')).not.toContain('\uFFFD');
  });

  it('can be read by the line loop of the document', async () => {
    const { text } = await generate({ prompt: 'What is my name?' });
    let printed = '';
    for (const line of text.split('\n')) {
      if (!line.startsWith('data: ')) continue;
      const token = line.slice(6);
      if (token === '[DONE]') break;
      printed += token;
    }
    expect(printed).toBe("I don't know your name yet.");
  });
});

describe('POST /generate with parameters out of range', () => {
  it.each([
    ['prompt', {}],
    ['prompt', { prompt: '' }],
    ['prompt', { prompt: null }],
    ['prompt', { prompt: 7 }],
    ['prompt', { prompt: ['Hello!'] }],
    ['temperature', { prompt: 'a', temperature: -0.1 }],
    ['temperature', { prompt: 'a', temperature: 2.1 }],
    ['temperature', { prompt: 'a', temperature: 'hot' }],
    ['max_tokens', { prompt: 'a', max_tokens: 0 }],
    ['max_tokens', { prompt: 'a', max_tokens: 4097 }],
    ['max_tokens', { prompt: 'a', max_tokens: 1.5 }],
    ['top_p', { prompt: 'a', top_p: -0.1 }],
    ['top_p', { prompt: 'a', top_p: 1.1 }],
    ['top_k', { prompt: 'a', top_k: 0 }],
    ['top_k', { prompt: 'a', top_k: 101 }],
    ['repeat_penalty', { prompt: 'a', repeat_penalty: 0.9 }],
    ['repeat_penalty', { prompt: 'a', repeat_penalty: 2.1 }],
    ['stream', { prompt: 'a', stream: 'yes' }],
  ])('names %s in %j', async (field, body) => {
    const answer = await post(url('/generate'), body);
    expectError(answer, 'llama-local', 400);
    expect(messageOf(answer)).toContain(field);
  });

  it.each([
    { temperature: 0 },
    { temperature: 2 },
    { max_tokens: 1 },
    { max_tokens: 4096 },
    { top_p: 0 },
    { top_p: 1 },
    { top_k: 1 },
    { top_k: 100 },
    { repeat_penalty: 1 },
    { repeat_penalty: 2 },
  ])('accepts the bound %j', async (body) => {
    const answer = await generate({ prompt: 'Hello!', max_tokens: 4, stream: false, ...body });
    expect(answer.status).toBe(200);
  });

  it('says both counts when the prompt is longer than the context', async () => {
    const answer = await generate({ prompt: 'word '.repeat(3000), stream: true });
    expectError(answer, 'llama-local', 400);
    expect(messageOf(answer)).toMatch(/\b1024\b/);
    expect(messageOf(answer)).toMatch(/\b[3-9]\d{3}\b/);
  });
});

describe('bodies that cannot be read', () => {
  refusesUnreadableBodies('llama-local', () => url('/generate'));
});

describe('GET /health', () => {
  it('says ok while the model is loaded', async () => {
    const answer = await get(url('/health'));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.body).toEqual({ status: 'ok', model_loaded: true });
  });
});

describe('GET /model-info', () => {
  it('tells the ten facts of the document, and no path of this machine', async () => {
    const answer = await get(url('/model-info'));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    const { path, ...facts } = answer.body as Record<string, unknown>;
    expect(path).toMatch(/^[^/]*\.gguf$/);
    expect(facts).toEqual({
      loaded: true,
      n_ctx: 1024,
      n_gpu_layers: expect.any(Number) as unknown,
      temperature: 0.7,
      top_p: 0.9,
      top_k: 40,
      repeat_penalty: 1.1,
      max_tokens: 512,
      stream: true,
    });
  });
});

describe('routes that do not exist', () => {
  it.each([
    ['GET', '/generate'],
    ['GET', '/nothing'],
    ['POST', '/health'],
    ['DELETE', '/model-info'],
    ['GET', ''],
  ])('answers %s %s with 404', async (method, path) => {
    expectError(await send(url(path), method), 'llama-local', 404);
  });
});
