import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGguf } from '../medium/support/llama-vectors-toy.js';
import { toyCrossEncoder } from '../medium/support/transformers-toy-encoder.js';
import { expectError } from '../support/error-shapes.js';
import { post, type Answer } from '../support/http.js';
import { matching } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';

const query = 'The meeting of Tom and Nicolas was on Wednesday';
const documents = [
  'I am still waiting for my money back',
  'On Wednesday Tom had a meeting with Nicolas.',
  'Warm weather is expected in Paris on Wednesday.',
];
const PATHS = ['/v1/rerank', '/v2/rerank', '/rerank', '/openai/v1/rerank', '/openai/v2/rerank', '/openai/rerank'];
const CROSS_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'];

interface Ranked {
  readonly results: readonly {
    readonly index: number;
    readonly relevance_score: number;
    readonly document?: unknown;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

const cross = toyCrossEncoder();
const gguf = toyGguf('ranks');
let server: Server;

/** Models that only rank, beside the starter that makes vectors. */
function catalogue(): string {
  const toy = { title: 'Toy', tasks: ['text-ranking'] };
  const embed = { id: 'starter-embed', title: 'Starter', engine: 'transformers', tasks: ['feature-extraction'] };
  const chat = { id: 'starter-chat', title: 'Starter', engine: 'llama', tasks: ['text-generation'] };
  const models = [
    { ...chat, starter: 'starter-chat/starter-chat-q8_0.gguf' },
    { ...embed, starter: 'starter-embed' },
    { ...toy, id: 'toy-cross', engine: 'transformers', hub: { repo: 'toys/cross', files: CROSS_FILES } },
    { ...toy, id: 'toy-judge', engine: 'llama', hub: { repo: 'toys/judge', files: ['toy-ranks.gguf'] } },
  ];
  const path = join(dirname(gguf), 'models.yaml');
  writeFileSync(path, JSON.stringify({ models })); // JSON is YAML
  return path;
}

beforeAll(async () => {
  server = await startServer({
    env: { CATALOGUE: catalogue(), PRELOAD_MODELS: '' },
    models: {
      ...Object.fromEntries(CROSS_FILES.map((file) => [`toys/cross/${file}`, join(cross, file)])),
      'toys/judge/toy-ranks.gguf': gguf,
    },
  });
});

afterAll(async () => {
  await server.stop();
  for (const folder of [cross, dirname(gguf)]) rmSync(folder, { recursive: true });
});

function rerank(body: object, path = '/openai/v1/rerank'): Promise<Answer> {
  return post(`${server.url}${path}`, { query, documents, ...body });
}

async function ranked(body: object): Promise<Ranked> {
  const answer = await rerank(body);
  expect(answer).toMatchObject({ status: 200, body: { code: 0, message: 'success' } });
  return answer.body as Ranked;
}

describe('POST /v1/rerank', () => {
  it('orders documents by a model that makes vectors, the best first', async () => {
    const answer = await rerank({});
    expect(answer.body).toMatchObject({ id: matching(/^rerank-/), object: 'list', model: 'starter-embed' });
    const { results, usage } = answer.body as Ranked;
    expect(results[0]?.index).toBe(1);
    expect(results.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
    const scores = results.map(({ relevance_score: score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const score of scores) expect(Math.abs(score)).toBeLessThanOrEqual(1.00001);
    expect(results[0]).not.toHaveProperty('document');
    expect(usage.prompt_tokens).toBeGreaterThan(20);
    expect(usage.total_tokens).toBe(usage.prompt_tokens);
  });

  it('tells the best few, with their texts', async () => {
    const objects = documents.map((text) => ({ text, title: 'ignored' }));
    const { results } = await ranked({ documents: objects, top_n: 1, return_documents: true });
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ index: 1, document: { text: documents[1] } });
    expect((await ranked({ top_n: 99 })).results).toHaveLength(3);
  });

  it.each(['toy-cross', 'toy-judge'])('orders by the cross-encoder %s', async (model) => {
    const { results } = await ranked({ model, query: 'bad', documents: ['bad', 'good good', 'good'] });
    expect(results.map(({ index }) => index)).toEqual([1, 2, 0]);
    for (const { relevance_score: score } of results)
      expect(score).toSatisfy((value: number) => value > 0 && value < 1);
  });

  it.each(PATHS)('is at %s', async (path) => {
    expect(await rerank({}, path)).toMatchObject({ status: 200, body: { code: 0, results: [{ index: 1 }, {}, {}] } });
  });
});

describe('what POST /v1/rerank refuses', () => {
  it.each<[string, string, object]>([
    ['no query', 'query', { query: undefined }],
    ['an empty query', 'query', { query: '' }],
    ['no documents', 'documents', { documents: undefined }],
    ['an empty list', 'documents', { documents: [] }],
    ['an empty document', 'documents', { documents: ['a', ''] }],
    ['a document without a text', 'documents', { documents: [{ title: 'a' }] }],
    ['no result', 'top_n', { top_n: 0 }],
    ['to cut documents', 'max_tokens_per_doc', { max_tokens_per_doc: 512 }],
    ['to read documents in pieces', 'max_chunks_per_doc', { max_chunks_per_doc: 1 }],
    ['other fields than the text', 'rank_fields', { rank_fields: ['title'] }],
    ['a model that compares nothing', 'model', { model: 'starter-chat' }],
  ])('%s', async (_, param, body) => {
    const answer = await rerank(body);
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({ error: { param } });
  });

  it.each([
    ['starter-embed', 'documents', { documents: ['short', 'long '.repeat(300)] }, /Text 1 has 302 tokens/],
    ['starter-embed', 'query', { query: 'long '.repeat(300) }, /has 302 tokens; the model takes 256 at most/],
    [
      'toy-cross',
      'documents',
      { query: 'bad', documents: ['good', 'good '.repeat(20)] },
      /Text 1 and the query have 24/,
    ],
    [
      'toy-judge',
      'documents',
      { query: 'bad', documents: ['good', 'good '.repeat(80)] },
      /Text 1 and the query have 85/,
    ],
  ])('of %s, %s that are too long', async (model, param, body, message) => {
    const answer = await rerank({ model, ...body });
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({
      message: matching(message),
      error: { param, code: 'context_length_exceeded' },
    });
  });

  it('an unknown model', async () => {
    expectError(await rerank({ model: 'nope' }), 'openai', 404);
  });
});

describe('GET /v1/models/{id}', () => {
  it.each(['toy-cross', 'toy-judge'])('says that %s ranks', async (id) => {
    const answer = await fetch(`${server.url}/v1/models/${id}`);
    expect(await answer.json()).toMatchObject({ capabilities: ['rerank'], url: `${server.url}/v1/rerank` });
  });
});
