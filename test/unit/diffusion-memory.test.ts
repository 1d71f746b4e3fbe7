import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { estimateMemory } from '../../src/inference/engines/diffusion/memory-estimate.js';
import { planModel } from '../../src/inference/engines/diffusion/model-plan.js';
import { ModelFolder } from './support/model-folder.js';

const MIB = 1024 ** 2;
const BASE = {
  'text_encoder/model.onnx': 'x',
  'unet/model.onnx': 'x',
  'vae_decoder/model.onnx': 'x',
  'tokenizer/vocab.json': '{"<|startoftext|>":0,"<|endoftext|>":1}',
  'tokenizer/merges.txt': '#version: 0.2\n',
  'scheduler/scheduler_config.json': '{"_class_name":"DDIMScheduler"}',
};
/** As published with Stable Diffusion 1.5. */
const SD_UNET = {
  sample_size: 64,
  attention_head_dim: 8,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
};

describe('the memory that a model takes', () => {
  const folder = new ModelFolder();

  beforeEach(async () => {
    await folder.create();
    await folder.put(BASE);
  });
  afterEach(() => folder.remove());

  async function estimate(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<number> {
    await folder.put(files);
    return estimateMemory(await planModel(folder.path, undefined));
  }

  it('grows with its weights, and more with those in half precision', async () => {
    const none = await estimate();
    const weights = new Uint8Array(4 * MIB);
    const single = await estimate({ 'unet/weights.pb': weights });
    expect(single - none).toBeCloseTo(1.3 * 4 * MIB, -2);
    await folder.remove();
    await folder.create();
    const rest = Object.entries(BASE).filter(([file]) => file !== 'unet/model.onnx');
    await folder.put(Object.fromEntries(rest));
    const half = await estimate({ 'unet/model_fp16.onnx': 'x', 'unet/weights.pb': weights });
    expect(half - none).toBeCloseTo(2.4 * 4 * MIB, -2);
  });

  it('holds attention over every pair of cells of the largest latent', async () => {
    const sd = await estimate({ 'unet/config.json': JSON.stringify(SD_UNET) });
    // 1.5 times 64 x 64 cells, 8 heads, before and after the softmax.
    const attention = 2 * 8 * (1.5 * 64 ** 2) ** 2 * 4;
    expect(sd).toBeGreaterThan(attention);
    expect(sd).toBeLessThan(attention + 500 * MIB);
    const atHalf = JSON.stringify({ ...SD_UNET, down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D'] });
    expect(await estimate({ 'unet/config.json': atHalf })).toBeLessThan(sd - attention / 2);
  });

  it('is smaller for a model that says it draws small pictures', async () => {
    const large = await estimate();
    expect(await estimate({ 'generation_config.json': '{"max_size":128}' })).toBeLessThan(large - 100 * MIB);
  });
});
