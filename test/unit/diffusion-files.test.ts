import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigFile } from '../../src/inference/engines/diffusion/config-file.js';
import { findParts, type ModelFiles } from '../../src/inference/engines/diffusion/model-files.js';
import { ModelFolder } from './support/model-folder.js';

const GRAPHS = { 'text_encoder/model.onnx': 'ab', 'unet/model.onnx': 'abc', 'vae_decoder/model.onnx': 'a' };

describe('the parts of a model', () => {
  const folder = new ModelFolder();

  beforeEach(() => folder.create());
  afterEach(() => folder.remove());

  function find(index: object | null = null, listed?: readonly string[]): Promise<ModelFiles> {
    return findParts(folder.path, index === null ? null : new ConfigFile('model_index.json', { ...index }), listed);
  }

  it('are found by their folders where nothing names them', async () => {
    await folder.put({ ...GRAPHS, 'vae_encoder/model.onnx': 'abcd' });
    expect(await find()).toEqual({
      text_encoder: { graph: 'text_encoder/model.onnx', bytes: 2 },
      text_encoder_2: null,
      unet: { graph: 'unet/model.onnx', bytes: 3 },
      vae_decoder: { graph: 'vae_decoder/model.onnx', bytes: 1 },
      vae_encoder: { graph: 'vae_encoder/model.onnx', bytes: 4 },
    });
  });

  it('that the index does without are left alone', async () => {
    await folder.put({ ...GRAPHS, 'text_encoder_2/model.onnx': 'x', 'vae_encoder/model.onnx': 'x' });
    const found = await find({ text_encoder_2: [null, null], vae_encoder: ['diffusers', 'OnnxRuntimeModel'] });
    expect(found.text_encoder_2).toBeNull();
    expect(found.vae_encoder).not.toBeNull();
  });

  it('count the weights that lie beside them', async () => {
    await folder.put({ ...GRAPHS, 'unet/weights.pb': '1234567', 'unet/config.json': '{}' });
    expect((await find()).unet.bytes).toBe(10);
  });

  it('are taken in single precision before half, each with its own weights', async () => {
    await folder.put({
      ...GRAPHS,
      'unet/model.onnx_data': '1',
      'unet/model_fp16.onnx': '22',
      'unet/model_fp16.onnx_data': '333333',
      'vae_decoder/model_fp16.onnx': '22',
    });
    expect((await find()).unet).toEqual({ graph: 'unet/model.onnx', bytes: 4 });
    const listed = [...Object.keys(GRAPHS).filter((file) => !file.startsWith('unet')), 'unet/model_fp16.onnx', 'unet/model_fp16.onnx_data']; // prettier-ignore
    expect((await find(null, listed)).unet).toEqual({ graph: 'unet/model_fp16.onnx', bytes: 8 });
  });

  it('must be there, and be themselves', async () => {
    await folder.put({ 'text_encoder/model.onnx': 'x', 'vae_decoder/model.onnx': 'x' });
    expect(await folder.refusalOf(() => find())).toBe('unet/model.onnx is missing from its folder');
    await folder.put({ 'unet/model.onnx': '' });
    expect(await folder.refusalOf(() => find())).toContain('unet/model.onnx is empty');
    await folder.put({ 'unet/model.onnx': 'x', 'unet/weights.pb': 'version https://git-lfs.github.com/spec/v1\n' });
    expect(await folder.refusalOf(() => find())).toContain('unet/weights.pb is a Git LFS pointer');
  });

  it('that the index names must be there', async () => {
    await folder.put(GRAPHS);
    const named = { text_encoder_2: ['transformers', 'CLIPTextModelWithProjection'] };
    expect(await folder.refusalOf(() => find(named))).toBe('text_encoder_2/model.onnx is missing from its folder');
  });

  it('of models without a UNet are refused', async () => {
    await folder.put(GRAPHS);
    expect(await folder.refusalOf(() => find({ transformer: ['diffusers', 'SD3Transformer2DModel'] }))).toContain(
      'only models with a UNet can be used',
    );
  });
});
