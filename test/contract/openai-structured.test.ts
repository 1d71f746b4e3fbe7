import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refusalOf } from '../support/openai-refusal.js';
import { startServer, type Server } from '../support/server.js';

const model = 'starter-chat';

let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = await startServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.stop());

const PERSON = z.object({
  name: z.string().max(20),
  age: z.number().int().min(0).max(130),
  likes: z.array(z.enum(['tea', 'coffee'])).max(2),
});

function ask(more: object): Promise<OpenAI.ChatCompletion> {
  const messages = [{ role: 'user' as const, content: 'Tell me about a person.' }];
  return client.chat.completions.create({ model, temperature: 0, messages, ...more });
}

describe('response_format', () => {
  it("holds answers to a schema of the client's own helper", async () => {
    const parsed = await client.chat.completions.parse({
      model,
      temperature: 1,
      seed: 5,
      messages: [{ role: 'user', content: 'Tell me about a person.' }],
      response_format: zodResponseFormat(PERSON, 'person'),
    });
    expect(parsed.choices[0]?.finish_reason).toBe('stop');
    expect(PERSON.safeParse(parsed.choices[0]?.message.parsed).success).toBe(true);
  });

  it('holds streams to it, too', async () => {
    const runner = client.chat.completions.stream({
      model,
      temperature: 1,
      seed: 6,
      messages: [{ role: 'user', content: 'Tell me about a person.' }],
      response_format: zodResponseFormat(PERSON, 'person'),
    });
    const answer = await runner.finalChatCompletion();
    expect(PERSON.safeParse(answer.choices[0]?.message.parsed).success).toBe(true);
  });

  it('json_object gives an object', async () => {
    const answer = await ask({ response_format: { type: 'json_object' }, max_tokens: 400, temperature: 1, seed: 1 });
    const choice = answer.choices[0];
    if (choice?.finish_reason === 'stop') {
      expect(JSON.parse(choice.message.content ?? '')).toBeTypeOf('object');
    } else expect(choice?.message.content).toMatch(/^\s*\{/);
  });

  it('tells how a schema was narrowed', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
    const format = { type: 'json_schema' as const, json_schema: { name: 'n', schema } };
    const { data, response } = await askWithHeaders({ response_format: format });
    expect(JSON.parse(data.choices[0]?.message.content ?? '')).toEqual({ ok: expect.any(Boolean) as boolean });
    expect(response.headers.get('x-schema-narrowed')).toMatch(/additionalProperties/);
  });

  it('works for each of several choices', async () => {
    const schema = { enum: ['red', 'green', 'blue'] };
    const format = { type: 'json_schema' as const, json_schema: { name: 'colour', schema } };
    const answer = await ask({ response_format: format, n: 3, temperature: 2, seed: 9 });
    expect(answer.choices).toHaveLength(3);
    for (const { message } of answer.choices) expect(schema.enum).toContain(JSON.parse(message.content ?? ''));
  });

  it.each([
    ['a schema that is none', { type: 'nonsense' }],
    ['what no grammar can say', { type: 'object', properties: { a: { not: { type: 'string' } } }, required: ['a'] }],
    ['what nothing can fulfil', { type: 'integer', minimum: 3, maximum: 2 }],
    ['a schema from elsewhere', { $ref: 'https://example.com/schema.json' }],
  ])('refuses %s', async (_, schema) => {
    const body = {
      model,
      messages: [{ role: 'user', content: 'Hi' }],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    };
    expect(await refusalOf(`${server.url}/v1/chat/completions`, body)).toMatchObject({
      status: 400,
      param: 'response_format',
    });
  });

  it('is refused by a vision model, which cannot be held to it', async () => {
    const body = {
      model: 'starter-vision',
      messages: [{ role: 'user', content: 'Hi' }],
      response_format: { type: 'json_object' },
    };
    expect(await refusalOf(`${server.url}/v1/chat/completions`, body)).toMatchObject({
      status: 400,
      param: 'response_format',
    });
  });
});

function askWithHeaders(more: object): Promise<{ data: OpenAI.ChatCompletion; response: Response }> {
  const messages = [{ role: 'user' as const, content: 'Is it so?' }];
  return client.chat.completions.create({ model, temperature: 0, messages, ...more }).withResponse();
}
