import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelFolder as Folder } from '../../src/inference/engines/transformers/model-folder.js';
import { planModel } from '../../src/inference/engines/transformers/model-plan.js';
import { scoresOf } from '../../src/inference/engines/transformers/ranking/scores.js';
import type { RunnerSpec } from '../../src/inference/runners/protocol.js';
import { ModelFolder } from './support/model-folder.js';

describe('the scores of a head', () => {
  it.each([[[3, 1]], [[3]]])('of the shape %j are the logistic function of its logits', (dims) => {
    const [half, nearOne, nearNone] = scoresOf(Float32Array.of(0, 20, -20), dims);
    expect(half).toBe(0.5);
    expect(nearOne).toBeCloseTo(1, 6);
    expect(nearNone).toBeCloseTo(0, 6);
  });

  it('of several classes are none', () => {
    expect(() => scoresOf(Float32Array.of(1, 2, 3, 4), [2, 2])).toThrow(/tells 2 classes apart/);
    expect(() => scoresOf(Float32Array.of(1, 2, 3, 4), [2, 1])).toThrow(/one number/);
  });
});

describe('what an encoder is loaded for', () => {
  const folder = new ModelFolder();
  beforeEach(() => folder.create());
  afterEach(() => folder.remove());

  const purposeOf = async (type: string, graphs: readonly string[], tasks: RunnerSpec['tasks']): Promise<string> => {
    const files = ['tokenizer.json', 'tokenizer_config.json', ...graphs.map((graph) => `onnx/${graph}.onnx`)];
    await folder.put({ 'config.json': JSON.stringify({ model_type: type }) });
    await folder.put(Object.fromEntries(files.map((file) => [file, '{}'])));
    return planModel(new Folder(folder.path), { contextSize: 512, tasks }).purpose;
  };

  it.each([
    ['bert', ['feature-extraction'], 'embedding'],
    ['xlm-roberta', ['text-ranking'], 'ranking'],
    ['bert', [], 'embedding'],
  ] as const)('%s for %j is %s', async (type, tasks, purpose) => {
    expect(await purposeOf(type, ['model'], tasks)).toBe(purpose);
  });

  it('a model that sees is none for ranking', async () => {
    const graphs = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'];
    expect(await purposeOf('llava', graphs, ['image-text-to-text'])).toBe('vision');
    expect(await folder.refusalOf(() => purposeOf('llava', graphs, ['text-ranking']))).toMatch(/no head that ranks/);
  });
});
