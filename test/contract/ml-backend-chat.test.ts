import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { expectError, messageOf } from '../support/error-shapes.js';
import { del, post, type Answer } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';
import { open, pieces } from '../support/streaming.js';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** One conversation, apart from all others. */
class Conversation {
  constructor(
    readonly session: string = randomUUID(),
    private readonly prefix = '/ml-backend',
  ) {}

  ask(prompt: string, more: object = {}): Promise<Answer> {
    return post(this.url('/generate/fromtext'), { model_name: 'starter-chat', prompt, ...more }, this.headers);
  }

  async hear(prompt: string, more: object = {}): Promise<string> {
    const answer = await this.ask(prompt, more);
    expect(answer.status).toBe(200);
    return answer.text;
  }

  clear(): Promise<Answer> {
    return del(this.url('/chat/clearchat'), { model_name: 'starter-chat' }, this.headers);
  }

  system(prompt: string): Promise<Answer> {
    return post(this.url('/chat/addsystemprompt'), { model_name: 'starter-chat', system_prompt: prompt }, this.headers);
  }

  get headers(): Record<string, string> {
    return { 'x-session-id': this.session };
  }

  url(path: string): string {
    return `${server.url}${this.prefix}${path}`;
  }
}

describe('POST /generate/fromtext', () => {
  it('answers with bare text', async () => {
    const answer = await new Conversation().ask('What is the capital of France?');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.text).toBe('The capital of France is Paris.');
  });

  it('streams the text as it is generated', async () => {
    const chat = new Conversation();
    const body = { model_name: 'starter-chat', prompt: 'Count to 100.' };
    const response = await open(chat.url('/generate/fromtext'), body, chat.headers).response;
    const received: string[] = [];
    for await (const piece of pieces(response)) received.push(piece);
    expect(received.length).toBeGreaterThan(5);
    expect(received.join('')).toMatch(/^1, 2, 3, .*, 99, 100$/);
  });

  it.each([
    ['Что такое машинное обучение?', 'Машинное обучение позволяет компьютерам учиться на данных.'],
    ['Bonjour !', 'Bonjour ! Comment puis-je vous aider ?'],
    ['Repeat: 🚀🎉', '🚀🎉'],
  ])('answers %s', async (prompt, expected) => {
    expect(await new Conversation().hear(prompt)).toBe(expected);
  });

  it('stops after max_new_tokens', async () => {
    expect(await new Conversation().hear('Count to 100.', { max_new_tokens: 8 })).toBe('1, 2, 3, 4, ');
  });

  it('ignores unknown fields, and takes null as the default', async () => {
    const more = { image_files: [], speed: 'fast', max_new_tokens: null };
    expect(await new Conversation().hear('Hello!', more)).toBe('Hello! How can I help you today?');
  });

  it.each(['starter-chat.gguf', 'starter-chat'])('finds the model as %s', async (name) => {
    expect(await new Conversation().hear('Hello!', { model_name: name })).toBe('Hello! How can I help you today?');
  });
});

describe('the history', () => {
  it('remembers a name', async () => {
    const chat = new Conversation();
    expect(await chat.hear('My name is Wendy.')).toBe('Nice to meet you, Wendy!');
    expect(await chat.hear('What is 2 + 3?')).toBe('2 + 3 = 5');
    expect(await chat.hear('What is my name?')).toBe('Your name is Wendy.');
  });

  it('remembers its own answers', async () => {
    const chat = new Conversation();
    await chat.hear('What is 2 + 3?');
    expect(await chat.hear('What did I just say?')).toBe('You said: What is 2 + 3?');
  });

  it('is apart for each session', async () => {
    await new Conversation('wendy').hear('My name is Wendy.');
    expect(await new Conversation('other').hear('What is my name?')).toBe("I don't know your name yet.");
    expect(await new Conversation('wendy').hear('What is my name?')).toBe('Your name is Wendy.');
  });

  it('has a session named default for who names none', async () => {
    const body = { model_name: 'starter-chat', prompt: 'My name is Wendy.' };
    await post(`${server.url}/generate/fromtext`, body);
    expect(await new Conversation('default').hear('What is my name?')).toBe('Your name is Wendy.');
  });

  it('is the same at the root and under the prefix', async () => {
    await new Conversation('both', '').hear('My name is Wendy.');
    expect(await new Conversation('both').hear('What is my name?')).toBe('Your name is Wendy.');
  });

  it('is the same for every name of a model', async () => {
    const chat = new Conversation();
    await chat.hear('My name is Wendy.', { model_name: 'starter-chat.gguf' });
    expect(await chat.hear('What is my name?')).toBe('Your name is Wendy.');
  });

  it('survives the end of the model', async () => {
    const chat = new Conversation();
    await chat.hear('My name is Wendy.');
    await del(chat.url('/model/kill'), { model_name: 'starter-chat' });
    expect(await chat.hear('What is my name?')).toBe('Your name is Wendy.');
  });

  it('is emptied by clearchat', async () => {
    const chat = new Conversation();
    await chat.hear('My name is Wendy.');
    expect(await chat.clear()).toMatchObject({ status: 200, type: 'application/json', text: 'null' });
    expect(await chat.hear('What is my name?')).toBe("I don't know your name yet.");
  });

  it('is not part of what other dialects ask', async () => {
    await new Conversation('default').hear('My name is Wendy.');
    const answer = await post(`${server.url}/llama-local/generate`, {
      prompt: 'What is my name?',
      temperature: 0,
      stream: false,
    });
    expect(answer.body).toMatchObject({ text: "I don't know your name yet." });
  });

  it('refuses a session name that is longer than sense', async () => {
    expect((await new Conversation('x'.repeat(4000)).ask('Hello!')).status).toBeGreaterThanOrEqual(400);
  });
});

describe('the system prompt', () => {
  it('is obeyed, replaced, and kept by clearchat', async () => {
    const chat = new Conversation();
    expect(await chat.system('You are a pirate.')).toMatchObject({
      status: 200,
      type: 'application/json',
      text: 'null',
    });
    expect(await chat.hear('What is the capital of Spain?')).toBe('Arr! The capital of Spain is Madrid.');
    await chat.clear();
    expect(await chat.hear('What is the capital of Spain?')).toBe('Arr! The capital of Spain is Madrid.');
    await chat.clear();
    await chat.system('Answer in uppercase.');
    expect(await chat.hear('What is the capital of Italy?')).toBe('THE CAPITAL OF ITALY IS ROME.');
  });

  it('leaves the history as it is', async () => {
    const chat = new Conversation();
    await chat.hear('My name is Wendy.');
    await chat.system('You are a helpful assistant.');
    expect(await chat.hear('What is my name?')).toBe('Your name is Wendy.');
  });

  it('is apart for each session', async () => {
    await new Conversation('pirate').system('You are a pirate.');
    expect(await new Conversation('sailor').hear('What is the capital of Spain?')).toBe(
      'The capital of Spain is Madrid.',
    );
  });
});

describe('a conversation that outgrows the context', () => {
  beforeAll(async () => {
    // Preloaded, it would keep its context; unloaded on request it is as any other model.
    await del(`${server.url}/ml-backend/model/kill`, { model_name: 'starter-chat' });
    await post(`${server.url}/ml-backend/model/launch`, { model_name: 'starter-chat', n_ctx: 192 });
  });

  it('leaves out the oldest messages and says how many', async () => {
    const chat = new Conversation();
    const dropped: number[] = [];
    for (let turn = 0; turn < 8; turn++) {
      const answer = await chat.ask('Count to 10.');
      expect(answer).toMatchObject({ status: 200, text: '1, 2, 3, 4, 5, 6, 7, 8, 9, 10' });
      dropped.push(Number(answer.headers.get('x-dropped-turns') ?? 0));
    }
    expect(dropped[0]).toBe(0);
    expect(dropped.at(-1)).toBeGreaterThan(0);
    expect(dropped).toEqual([...dropped].sort((a, b) => a - b));
  });

  it('keeps the system prompt', async () => {
    const chat = new Conversation();
    await chat.system('You are a pirate.');
    for (let turn = 0; turn < 8; turn++) await chat.ask('What is the capital of France?');
    const answer = await chat.ask('What is the capital of Spain?');
    expect(Number(answer.headers.get('x-dropped-turns'))).toBeGreaterThan(0);
    expect(answer.text).toBe('Arr! The capital of Spain is Madrid.');
  });

  it('refuses a single prompt that does not fit, and keeps it out of the history', async () => {
    const chat = new Conversation();
    await chat.hear('My name is Wendy.');
    const answer = await chat.ask('word '.repeat(3000));
    expectError(answer, 'ml-backend', 400);
    expect(messageOf(answer)).toMatch(/\b192\b/);
    expect(messageOf(answer)).toMatch(/\b[3-9]\d{3}\b/);
    expect(await chat.hear('What is my name?')).toBe('Your name is Wendy.');
  });
});
