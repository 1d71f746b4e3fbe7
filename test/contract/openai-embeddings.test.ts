import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { post, type Answer } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';

const model = 'starter-embed';
const WIDTH = 128;

let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = await startServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.stop());

async function vectorsOf(input: OpenAI.EmbeddingCreateParams['input'], more: object = {}): Promise<number[][]> {
  const { data } = await client.embeddings.create({ model, input, ...more });
  expect(data.map(({ index }) => index)).toEqual(data.map((_, index) => index));
  return data.map(({ embedding }) => embedding);
}

function cosine(a: readonly number[] = [], b: readonly number[] = []): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

function raw(body: object): Promise<Answer> {
  return post(`${server.url}/openai/v1/embeddings`, { model, ...body });
}

async function tokensOf(prompt: string, add_special_tokens: boolean): Promise<number[]> {
  const { body } = await post(`${server.url}/tokenize`, { model, prompt, add_special_tokens });
  return (body as { tokens: number[] }).tokens;
}

describe("OpenAI's own client", () => {
  it('gets a vector of unit length, which it asks for in base64', async () => {
    const answer = await client.embeddings.create({ model, input: 'Where is my parcel?' });
    expect(answer).toMatchObject({ object: 'list', model, code: 0, message: 'success' });
    expect(answer.usage.prompt_tokens).toBeGreaterThan(3);
    expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens);
    const [first] = answer.data;
    expect(first).toMatchObject({ object: 'embedding', index: 0 });
    expect(first?.embedding).toHaveLength(WIDTH);
    expect(cosine(first?.embedding, first?.embedding)).toBeCloseTo(1, 5);
  });

  it('gets the same as numbers', async () => {
    const [coded] = await vectorsOf('Where is my parcel?');
    const [plain] = await vectorsOf('Where is my parcel?', { encoding_format: 'float' });
    expect(plain).toEqual(coded);
  });

  it('finds paraphrases nearer than other facts', async () => {
    const [question, same, other, far] = await vectorsOf([
      'The meeting of Tom and Nicolas was on Wednesday',
      'On Wednesday Tom had a meeting with Nicolas.',
      'Warm weather is expected in Paris on Wednesday.',
      'I am still waiting for my money back',
    ]);
    expect(cosine(question, same)).toBeGreaterThan(cosine(question, other) + 0.1);
    expect(cosine(question, same)).toBeGreaterThan(cosine(question, far) + 0.1);
  });

  it('gets a batch in its order, each text as it would be alone', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `Order ${String(index)} ${'is late '.repeat(index % 5)}`);
    const together = await vectorsOf(texts);
    expect(together).toHaveLength(40);
    const [alone] = await vectorsOf(texts[17] ?? '');
    expect(cosine(alone, together[17])).toBeCloseTo(1, 4);
  });

  it('gets shorter vectors: the beginning at unit length', async () => {
    const [whole] = await vectorsOf('Where do I register?');
    const [short] = await vectorsOf('Where do I register?', { dimensions: 32 });
    expect(short).toHaveLength(32);
    expect(cosine(short, short)).toBeCloseTo(1, 5);
    const ratio = (whole?.[0] ?? 0) / (short?.[0] ?? 1);
    short?.forEach((value, at) => expect(value * ratio).toBeCloseTo(whole?.[at] ?? NaN, 5));
    expect((await vectorsOf('Where do I register?', { dimensions: WIDTH }))[0]).toHaveLength(WIDTH);
  });

  it('sends token ids, with what the model puts around a text and without', async () => {
    const text = 'Where is my parcel?';
    const [expected] = await vectorsOf(text);
    const [framed, bare] = await vectorsOf([await tokensOf(text, true), await tokensOf(text, false)]);
    for (const found of [framed, bare, (await vectorsOf(await tokensOf(text, true)))[0]]) {
      expect(cosine(found, expected)).toBeCloseTo(1, 4);
    }
  });

  it('asks the default model, of which the answer tells the name', async () => {
    const { body } = await post(`${server.url}/v1/embeddings`, { input: 'a', user: 'user-42' });
    expect(body).toMatchObject({ model, data: [{ object: 'embedding' }] });
  });
});

describe('what POST /v1/embeddings refuses', () => {
  it.each<[string, string, object]>([
    ['no input', 'input', {}],
    ['an empty text', 'input', { input: '' }],
    ['an empty text among others', 'input', { input: ['a', '', 'b'] }],
    ['an empty list', 'input', { input: [] }],
    ['more than 2048 texts', 'input', { input: Array<string>(2049).fill('a') }],
    ['something else', 'input', { input: { text: 'a' } }],
    ['ids that the model does not have', 'input', { input: [5, 99_999] }],
    ['an unknown form', 'encoding_format', { input: 'a', encoding_format: 'int8' }],
    ['no dimension', 'dimensions', { input: 'a', dimensions: 0 }],
    ['more dimensions than there are', 'dimensions', { input: 'a', dimensions: WIDTH + 1 }],
    ['a model that makes no vectors', 'model', { input: 'a', model: 'starter-chat' }],
  ])('%s', async (_, param, body) => {
    const answer = await raw(body);
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({ error: { param } });
  });

  it('names which text is empty', async () => {
    expect((await raw({ input: ['a', ''] })).body).toMatchObject({ message: 'input [1] must not be empty' });
  });

  it('a text that is too long, with both counts and its place', async () => {
    const error: unknown = await client.embeddings
      .create({ model, input: ['short', 'long '.repeat(300)] })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ code: 'context_length_exceeded', param: 'input' });
    expect((error as Error).message).toMatch(/Text 1 has 302 tokens; the model takes 256 at most\./);
  });

  it('an unknown model', async () => {
    const error: unknown = await client.embeddings.create({ model: 'nope', input: 'a' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NotFoundError);
  });
});
