import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WorkFinished } from '../../src/inference/task-basics.js';
import type { RankedText, TextRankingTask } from '../../src/inference/vector-tasks.js';
import { TransformersRunner } from './support/transformers-runner.js';
import { toyCrossEncoder } from './support/transformers-toy-encoder.js';

const folder = toyCrossEncoder();
const model = new TransformersRunner(folder, { tasks: ['text-ranking'] });

beforeAll(async () => {
  expect((await model.load()).context).toEqual({ size: 16, trained: 16 });
});

afterAll(async () => {
  await model.stop();
  rmSync(folder, { recursive: true });
});

async function rank(
  query: string,
  texts: readonly string[],
): Promise<{ ranked: RankedText[]; finished: WorkFinished[] }> {
  const task: TextRankingTask = { kind: 'text-ranking', model: 'm', query, texts, sampling: {} };
  const ranked: RankedText[] = [];
  const finished: WorkFinished[] = [];
  for await (const chunk of model.runner.run(task, 'alice').chunks) {
    if (chunk.type === 'ranked') ranked[chunk.index] = chunk;
    else if (chunk.type === 'finished' && !('cachedTokens' in chunk)) finished.push(chunk);
  }
  return { ranked, finished };
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

describe('a cross-encoder', () => {
  it('scores each text as the second of two that are read together, 0 to 1', async () => {
    const texts = ['good good', 'bad', 'plain', 'fine good bad', 'good'];
    const { ranked, finished } = await rank('good good good', texts);
    [2, -1, 0, 0.5, 1].forEach((logit, index) => expect(ranked[index]?.score).toBeCloseTo(sigmoid(logit), 5));
    // [CLS] good good good [SEP] … [SEP]
    expect(ranked.map(({ promptTokens }) => promptTokens)).toEqual([8, 7, 7, 9, 7]);
    expect(finished).toEqual([{ type: 'finished', finishReason: 'stop', promptTokens: 38, completionTokens: 0 }]);
  });

  it('gives each text of several batches what it gives it alone', async () => {
    const texts = Array.from(
      { length: 40 },
      (_, index) => 'good '.repeat(index % 5) + 'bad '.repeat(index % 3) + 'plain',
    );
    const { ranked } = await rank('plain', texts);
    texts.forEach((_, index) => expect(ranked[index]?.score).toBeCloseTo(sigmoid((index % 5) - (index % 3)), 5));
  });

  it('refuses a text that is too long with the query, and goes on', async () => {
    await expect(rank('plain', ['good', 'good '.repeat(13)])).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: 'Text 1 and the query have 17 tokens; the model takes 16 at most.',
      param: 'documents',
    });
    expect((await rank('plain', ['good '.repeat(12)])).ranked).toHaveLength(1);
  });

  it('makes no vectors', async () => {
    await expect(model.embed(['good'])).rejects.toMatchObject({ code: 'invalid_request', param: 'model' });
  });

  it('with a head of several classes is not loaded', async () => {
    const other = toyCrossEncoder(3);
    const runner = new TransformersRunner(other, { tasks: ['text-ranking'] });
    onTestFinished(async () => {
      await runner.stop();
      rmSync(other, { recursive: true });
    });
    await expect(runner.load()).rejects.toMatchObject({
      message: 'its head tells 3 classes apart, where a score is one number',
    });
  });
});
