import { describe, expect, it } from 'vitest';
import { InferenceService } from '../../src/inference/inference.service.js';
import { CatalogueWorld, VLM } from '../unit/support/catalogue-world.js';
import { errorOf } from './support/errors.js';
import { ResidencyWorld } from './support/residency-world.js';
import { rawTask } from './support/tasks.js';

const CALLER = { keyId: 'alice', dialect: 'openai', priority: 'interactive' } as const;
const NEVER = new AbortController().signal;
const OPTIONS = { maxQueue: 10, autoload: true };

describe('a model that no engine runs', () => {
  it.each(['known', 'installed'])('is refused while it is %s, and nothing is started', async (state) => {
    const models = new CatalogueWorld([], {}, [VLM]);
    if (state === 'installed') models.pull('onnx/qwen-vl', 'qwen_vl', ['config.json', 'onnx/decoder.onnx']);
    const world = new ResidencyWorld(10, {});
    const service = new InferenceService(models.catalogue, world.residency, world.observed, OPTIONS);
    const asked = errorOf(service.run(rawTask('Hi', { model: 'qwen_vl' }), CALLER, NEVER).next());
    const loaded = errorOf(service.load('qwen_vl', { contextSize: null, pin: false }, NEVER));
    for (const error of [await asked, await loaded]) {
      expect(error).toMatchObject({ code: 'invalid_request', param: 'model' });
      expect(error.message).toContain('"qwen_vl" (image-text-to-text)');
    }
    expect(world.runners).toHaveLength(0);
    expect(service.queueInfo()).toEqual([]);
  });
});
