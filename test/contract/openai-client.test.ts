import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type Server } from '../support/server.js';

const model = 'starter-chat';

let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = await startServer({ env: { API_KEYS: 'the-key' } });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'the-key', maxRetries: 0 });
});
afterAll(() => server.stop());

async function failureOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("OpenAI's own client", () => {
  it('chats', async () => {
    const answer = await client.chat.completions.create({
      model,
      temperature: 0,
      messages: [
        { role: 'user', content: 'My name is Wendy.' },
        { role: 'assistant', content: 'Nice to meet you, Wendy!' },
        { role: 'user', content: 'What is my name?' },
      ],
    });
    expect(answer.choices[0]?.message).toMatchObject({ role: 'assistant', content: 'Your name is Wendy.' });
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
    expect(answer._request_id).toMatch(/./);
  });

  it('streams', async () => {
    const stream = await client.chat.completions.create({
      model,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Count to 10.' }],
    });
    let text = '';
    let completionTokens = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      completionTokens = chunk.usage?.completion_tokens ?? completionTokens;
    }
    expect(text).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
    expect(completionTokens).toBeGreaterThan(10);
  });

  it('gathers a stream with its helper', async () => {
    const runner = client.chat.completions.stream({
      model,
      temperature: 0,
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
    });
    expect(await runner.finalContent()).toBe('The capital of France is Paris.');
  });

  it('leaves a stream in the middle', async () => {
    const stream = await client.chat.completions.create({
      model,
      temperature: 0,
      stream: true,
      messages: [{ role: 'user', content: 'Count to 100.' }],
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    const next = await client.chat.completions.create({
      model,
      temperature: 0,
      messages: [{ role: 'user', content: 'Hello!' }],
    });
    expect(next.choices[0]?.message.content).toBe('Hello! How can I help you today?');
  });

  it('completes', async () => {
    const answer = await client.completions.create({
      model,
      prompt: 'Once upon a time',
      max_tokens: 9,
      temperature: 0,
      echo: true,
    });
    expect(answer.choices[0]?.text).toMatch(/^Once upon a time.+/);
    expect(answer.usage?.completion_tokens).toBe(9);
  });

  it('lists and finds models', async () => {
    const ids: string[] = [];
    for await (const one of client.models.list()) ids.push(one.id);
    expect(ids).toContain(model);
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' });
  });
});

describe("what OpenAI's own client makes of errors", () => {
  it('an unknown model', async () => {
    const error = await failureOf(
      client.chat.completions.create({ model: 'no-such-model', messages: [{ role: 'user', content: 'a' }] }),
    );
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      type: 'invalid_request_error',
    });
  });

  it('a value out of range', async () => {
    const error = await failureOf(
      client.chat.completions.create({ model, temperature: 3, messages: [{ role: 'user', content: 'a' }] }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, param: 'temperature', type: 'invalid_request_error' });
    expect((error as APIError).requestID).toMatch(/./);
  });

  it('a prompt longer than the context', async () => {
    const error = await failureOf(
      client.chat.completions.create({ model, messages: [{ role: 'user', content: 'word '.repeat(3000) }] }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('a wrong key', async () => {
    const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'another-key', maxRetries: 0 });
    const error = await failureOf(stranger.models.list());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, type: 'authentication_error' });
  });
});
