import { describe, expect, it } from 'vitest';
import { json, SERVED } from '../support/fake-upstream.js';
import { like } from '../support/matchers.js';
import { errorOf } from './support/errors.js';
import { RemoteWorld } from './support/remote-world.js';

describe('vectors of another server', () => {
  const texts = Array.from({ length: 40 }, (_, at) => String(at));
  const task = { kind: 'feature-extraction', model: 'far', texts, sampling: {} } as const;

  it('are of unit length, in order, and asked for in batches', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('POST /v1/embeddings', (response, asked) => {
      const { input } = asked.body as { input: string[] };
      const data = input.map((text, index) => ({ index, embedding: [3, 4 + Number(text)] })).reverse();
      return json({ data, usage: { prompt_tokens: input.length * 2, total_tokens: 0 } })(response, asked);
    });
    const chunks = await world.all(task);
    const vectors = chunks.flatMap((chunk) => (chunk.type === 'embedding' ? [[...chunk.vector]] : []));
    expect(vectors).toHaveLength(40);
    expect(vectors[0]?.[0]).toBeCloseTo(0.6);
    expect(vectors[39]?.[1]).toBeCloseTo(43 / Math.hypot(3, 43));
    expect(chunks.at(-1)).toEqual({ type: 'finished', finishReason: 'stop', promptTokens: 80, completionTokens: 0 });
    const sums = chunks.reduce((sum, chunk) => sum + (chunk.type === 'embedding' ? chunk.promptTokens : 0), 0);
    expect(sums).toBe(80);
    const bodies = world.upstream.bodiesOf('/v1/embeddings');
    expect(bodies).toEqual([
      { model: SERVED, input: texts.slice(0, 32), encoding_format: 'float' },
      { model: SERVED, input: texts.slice(32), encoding_format: 'float' },
    ]);
  });

  it.each([
    ['missing', []],
    [
      'told twice',
      [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [1] },
      ],
    ],
    [
      'no numbers',
      [
        { index: 0, embedding: 'AAAA' },
        { index: 1, embedding: [1] },
      ],
    ],
    [
      'without a direction',
      [
        { index: 0, embedding: [0, 0] },
        { index: 1, embedding: [1] },
      ],
    ],
  ])('that are %s are an error', async (_, data) => {
    const world = await RemoteWorld.start();
    world.upstream.on('POST /v1/embeddings', json({ data }));
    expect((await errorOf(world.all({ ...task, texts: ['a', 'b'] }))).code).toBe('runner_crashed');
  });
});

describe('scores of another server', () => {
  const task = { kind: 'text-ranking', model: 'far', query: 'q', texts: ['a', 'b'], sampling: {} } as const;
  const results = (...scores: readonly number[]): object[] =>
    scores.map((score, index) => ({ index, relevance_score: score })).reverse();

  it('are told by their index', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('POST /v1/rerank', json({ results: results(0.25, 0.75), usage: { total_tokens: 9 } }));
    expect(await world.all(task)).toEqual([
      { type: 'ranked', index: 0, score: 0.25, promptTokens: 9 },
      { type: 'ranked', index: 1, score: 0.75, promptTokens: 0 },
      { type: 'finished', finishReason: 'stop', promptTokens: 9, completionTokens: 0 },
    ]);
    const body = { model: SERVED, query: 'q', documents: ['a', 'b'], return_documents: false };
    expect(world.upstream.last.body).toEqual(body);
  });

  it('are probabilities, made of logits where the entry says so', async () => {
    const plain = await RemoteWorld.start();
    plain.upstream.on('POST /v1/rerank', json({ results: results(-3, 5) }));
    expect((await errorOf(plain.all(task))).message).toContain('scores: logits');
    const logits = await RemoteWorld.start({ scores: 'logits' });
    logits.upstream.on('POST /v1/rerank', json({ results: results(0, 50) }));
    expect(await logits.all(task)).toMatchObject([{ score: 0.5 }, { score: 1 }, { type: 'finished' }]);
  });
});

describe('tokens of another server', () => {
  const sampling = {};

  it('of raw text and of chats, with their texts', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('POST /tokenize', json({ count: 2, tokens: [5, 6], token_strs: ['Hi', 'Ġyou'] }));
    const common = { kind: 'tokenize', model: 'far', specialTokens: false, sampling } as const;
    const found = { type: 'tokens', tokens: [5, 6], pieces: ['Hi', ' you'] };
    const raw = { kind: 'raw', text: 'Hi you' } as const;
    expect((await world.all({ ...common, prompt: raw }))[0]).toEqual(found);
    const rawBody = { model: SERVED, prompt: 'Hi you', add_special_tokens: false, return_token_strs: true };
    expect(world.upstream.last.body).toEqual(rawBody);
    const chat = { kind: 'messages', messages: [{ role: 'user', content: 'Hi' }] } as const;
    expect((await world.all({ ...common, prompt: chat }))[0]).toEqual(found);
    expect(world.upstream.last.body).toEqual(like({ messages: [{ role: 'user', content: 'Hi' }] }));
  });

  it('as text', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('POST /detokenize', json({ prompt: 'Hi you' }));
    const task = { kind: 'detokenize', model: 'far', tokens: [5, 6], sampling } as const;
    expect((await world.all(task))[0]).toEqual({ type: 'detokenized', text: 'Hi you' });
    expect(world.upstream.last.body).toEqual({ model: SERVED, tokens: [5, 6] });
  });

  it('are refused where the server has no such route, or another of that name', async () => {
    const world = await RemoteWorld.start();
    const raw = { kind: 'raw', text: 'Hi' } as const;
    const task = { kind: 'tokenize', model: 'far', prompt: raw, specialTokens: false, sampling } as const;
    expect(await errorOf(world.all(task))).toMatchObject({ code: 'invalid_request', param: 'model' });
    world.upstream.on('POST /tokenize', json({ tokens: [] }));
    expect(await errorOf(world.all(task))).toMatchObject({ code: 'invalid_request' });
    const back = { kind: 'detokenize', model: 'far', tokens: [1], sampling } as const;
    expect(await errorOf(world.all(back))).toMatchObject({ code: 'invalid_request' });
  });
});
