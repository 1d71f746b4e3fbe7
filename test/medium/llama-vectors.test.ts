import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunnerSpec } from '../../src/inference/runners/protocol.js';
import type { Task } from '../../src/inference/tasks.js';
import type { Prompt } from '../../src/inference/text-tasks.js';
import type { Embedding, FeatureExtractionTask, RankedText, TokensFound } from '../../src/inference/vector-tasks.js';
import { LlamaRunner, STARTER } from './support/llama-runner.js';
import { toyGguf } from './support/llama-vectors-toy.js';

const EMBEDS = toyGguf('embeds');
const RANKS = toyGguf('ranks');

async function load(path: string, tasks: RunnerSpec['tasks'], more: Partial<RunnerSpec> = {}): Promise<LlamaRunner> {
  return (await LlamaRunner.load({ path, tasks, slots: null, ...more })).llama;
}

async function chunksOf(model: LlamaRunner, task: Task): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of model.runner.run(task, 'alice').chunks) chunks.push(chunk);
  return chunks;
}

const embedding = (texts: readonly string[]): FeatureExtractionTask => ({
  kind: 'feature-extraction',
  model: 'm',
  texts,
  sampling: {},
});

async function embed(model: LlamaRunner, texts: readonly string[]): Promise<Embedding[]> {
  return (await chunksOf(model, embedding(texts))).slice(0, -1) as Embedding[];
}

async function rank(model: LlamaRunner, query: string, texts: readonly string[]): Promise<RankedText[]> {
  const task: Task = { kind: 'text-ranking', model: 'm', query, texts, sampling: {} };
  return (await chunksOf(model, task)).slice(0, -1) as RankedText[];
}

async function tokenize(model: LlamaRunner, prompt: Prompt, specialTokens: boolean): Promise<TokensFound> {
  const [found] = await chunksOf(model, { kind: 'tokenize', model: 'm', prompt, specialTokens, sampling: {} });
  return found as TokensFound;
}

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return (a ?? new Float32Array()).reduce((sum, value, index) => sum + value * (b?.[index] ?? 0), 0);
}

let bert: LlamaRunner;
let judge: LlamaRunner;
let chat: LlamaRunner;

beforeAll(async () => {
  [bert, judge, chat] = await Promise.all([
    load(EMBEDS, ['feature-extraction']),
    load(RANKS, ['text-ranking']),
    load(STARTER, ['feature-extraction']),
  ]);
});

afterAll(async () => {
  await Promise.all([bert, judge, chat].map((model) => model.stop()));
  for (const path of [EMBEDS, RANKS]) rmSync(dirname(path), { recursive: true });
});

describe('a GGUF that makes vectors', () => {
  it('says what it is, and measures its threads where none are given', async () => {
    const { llama, facts } = await LlamaRunner.load({ path: EMBEDS, tasks: ['feature-extraction'], threads: null });
    onTestFinished(() => llama.stop());
    expect(facts).toMatchObject({ slots: 1, context: { size: 64, trained: 64 } });
    expect(facts.threads?.[0]?.tokens).toBe(1);
    for (const { threads } of facts.threads ?? []) expect([1, 2]).toContain(threads);
  });

  it('gives them in order, at unit length, nearer where the words are the same', async () => {
    const chunks = await chunksOf(bert, embedding(['cat dog', 'dog cat', 'sun rain', 'cat bird']));
    const [same, turned, other, half] = (chunks as Embedding[]).map(({ vector }) => vector);
    expect(chunks.map((chunk) => (chunk as Embedding).index)).toEqual([0, 1, 2, 3, undefined]);
    for (const vector of [same, turned, other, half]) expect(dot(vector, vector)).toBeCloseTo(1, 5);
    expect(dot(same, turned)).toBeCloseTo(1, 4);
    expect(dot(same, half)).toBeGreaterThan(dot(same, other) + 0.1);
    // [CLS] and [SEP] around two words
    expect((chunks as Embedding[])[0]?.promptTokens).toBe(4);
    expect(chunks.at(-1)).toEqual({ type: 'finished', finishReason: 'stop', promptTokens: 16, completionTokens: 0 });
  });

  it('takes a text as long as its context, and refuses a longer one with both counts', async () => {
    expect(await embed(bert, ['cat '.repeat(62)])).toHaveLength(1);
    await expect(embed(bert, ['cat', 'cat '.repeat(63)])).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: 'Text 1 has 65 tokens; the model takes 64 at most.',
      param: 'input',
    });
  });

  it('takes what looks like a special token as text', async () => {
    const { tokens } = await tokenize(bert, { kind: 'raw', text: '[SEP]' }, true);
    expect(tokens.filter((token) => token === 3)).toHaveLength(1);
  });

  it('may be one that was made to chat, and gives each text what it gives it alone', async () => {
    const texts = ['The capital of France is Paris.', 'Hello!', 'word '.repeat(450)];
    const together = await embed(chat, texts);
    expect(together.map(({ vector }) => vector.length)).toEqual([256, 256, 256]);
    for (const [index, text] of texts.entries()) {
      const [alone] = await embed(chat, [text]);
      expect(dot(alone?.vector, together[index]?.vector)).toBeCloseTo(1, 4);
    }
    expect(Math.abs(dot(together[0]?.vector, together[1]?.vector))).toBeLessThan(0.99);
  });

  it('stops between two texts once nobody waits, and goes on with the next request', async () => {
    const run = chat.runner.run(embedding(new Array<string>(500).fill('word '.repeat(100))), 'alice');
    let seen = 0;
    for await (const chunk of run.chunks) {
      if (chunk.type === 'embedding' && ++seen === 2) break;
    }
    run.abort();
    const [vector] = await embed(chat, ['Hello!']);
    expect(vector?.vector).toHaveLength(256);
    expect(seen).toBe(2);
  });

  it('neither ranks nor answers', async () => {
    await expect(rank(bert, 'cat', ['dog'])).rejects.toMatchObject({ code: 'invalid_request', param: 'model' });
  });
});

describe('a GGUF that ranks', () => {
  it('scores each text by the query, 0 to 1', async () => {
    const ranked = await rank(judge, 'cat', ['good', 'bad', 'good good', 'dog']);
    const [good = 0, bad = 1, better = 0, dog = 1] = ranked.map(({ score }) => score);
    expect(better).toBeGreaterThan(good);
    expect(good).toBeGreaterThan(Math.max(bad, dog));
    for (const { score } of ranked) expect(score).toSatisfy((value: number) => value > 0 && value < 1);
    expect(ranked.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('refuses a text that is too long with the query', async () => {
    const [fits] = await rank(judge, 'cat', ['good '.repeat(59)]);
    expect(fits?.promptTokens).toBe(64);
    await expect(rank(judge, 'cat', ['good', 'good '.repeat(60)])).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: 'Text 1 and the query have 65 tokens; the model takes 64 at most.',
      param: 'documents',
    });
  });

  it('is not loaded where its file has no head for it', async () => {
    const model = LlamaRunner.create({ path: EMBEDS, tasks: ['text-ranking'] });
    onTestFinished(() => model.stop());
    await expect(model.runner.size()).rejects.toMatchObject({ message: 'its file has no head that ranks texts' });
  });
});

describe('the tokens of a GGUF', () => {
  const text = (content: string): Prompt => ({ kind: 'raw', text: content });

  it('are those that it is given, or those of the text alone', async () => {
    expect(await tokenize(bert, text('cat dog'), true)).toMatchObject({
      tokens: [2, 4, 5, 3],
      pieces: ['[CLS]', ' cat', ' dog', '[SEP]'],
    });
    expect((await tokenize(bert, text('cat dog'), false)).tokens).toEqual([4, 5]);
    expect((await tokenize(bert, text(''), true)).tokens).toEqual([]);
  });

  it('are a text again; what it does not have is refused and harms nobody', async () => {
    const back = (tokens: readonly number[]): Promise<unknown[]> =>
      chunksOf(chat, { kind: 'detokenize', model: 'm', tokens, sampling: {} });
    const { tokens } = await tokenize(chat, text('cat dog bird é 漢'), false);
    expect((await back(tokens))[0]).toEqual({ type: 'detokenized', text: 'cat dog bird é 漢' });
    for (const token of [-1, 2048, 0.5]) {
      await expect(back([token])).rejects.toMatchObject({ code: 'invalid_request', param: 'tokens' });
    }
    expect((await back([]))[0]).toEqual({ type: 'detokenized', text: '' });
  });

  it('are none of messages', async () => {
    const prompt: Prompt = { kind: 'messages', messages: [{ role: 'user', content: 'a' }] };
    await expect(tokenize(bert, prompt, true)).rejects.toMatchObject({ code: 'invalid_request', param: 'messages' });
  });
});
