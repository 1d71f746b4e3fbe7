import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/inference/runners/protocol.js';
import { repositoryPath, text, TransformersRunner, user, visionTask } from './support/transformers-runner.js';

const model = new TransformersRunner(repositoryPath('models/starter/starter-embed'), { contextSize: 4096 });
let facts: ModelFacts;

beforeAll(async () => {
  facts = await model.load();
});

afterAll(() => model.stop());

async function vectorsOf(texts: readonly string[]): Promise<Float32Array[]> {
  return (await model.embed(texts)).embeddings.map(({ vector }) => vector);
}

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return (a ?? new Float32Array()).reduce((sum, value, index) => sum + value * (b?.[index] ?? 0), 0);
}

describe('the starter model for embeddings', () => {
  it('says what it is', () => {
    expect(facts).toMatchObject({ slots: 4, gpuLayers: 0 });
    expect(facts.context?.size).toBe(facts.context?.trained);
  });

  it('gives vectors of unit length, as many numbers each', async () => {
    const vectors = await vectorsOf(['The cat sleeps.', 'Привет, мир!', '', 'x'.repeat(50)]);
    expect(new Set(vectors.map(({ length }) => length)).size).toBe(1);
    for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 5);
  });

  it('gives each text of a batch what it gives it alone', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `Text ${String(index)} ${'and more '.repeat(index % 7)}.`);
    const { embeddings, finished } = await model.embed(texts);
    expect(embeddings.map(({ index }) => index)).toEqual(texts.map((_, index) => index));
    for (const index of [0, 6, 17, 39]) {
      const [alone] = await vectorsOf([texts[index] ?? '']);
      const together = embeddings[index]?.vector;
      expect(Math.max(...(alone ?? []).map((value, at) => Math.abs(value - (together?.[at] ?? 0))))).toBeLessThan(1e-4);
    }
    const counted = embeddings.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
    expect(finished).toEqual({ type: 'finished', finishReason: 'stop', promptTokens: counted, completionTokens: 0 });
  });

  it('finds equal texts equal, and others not', async () => {
    const [one, again, other] = await vectorsOf(['A red circle.', 'A red circle.', 'Interest rates rose.']);
    expect(dot(one, again)).toBeCloseTo(1, 5);
    expect(dot(one, other)).toBeLessThan(0.95);
  });

  it('refuses a text that is too long, naming the limit, and goes on', async () => {
    await expect(vectorsOf(['short', 'long '.repeat(5000)])).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: `Text 1 has 5002 tokens; the model takes ${String(facts.context?.size)} at most.`,
      param: 'input',
    });
    expect(await vectorsOf(['short'])).toHaveLength(1);
  });

  it('has nothing to say about no texts', async () => {
    const { embeddings, finished } = await model.embed([]);
    expect(embeddings).toEqual([]);
    expect(finished?.promptTokens).toBe(0);
  });

  it('does not chat', async () => {
    await expect(model.ask(visionTask([user(text('hi'))]))).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
