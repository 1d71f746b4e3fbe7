import { describe, expect, it } from 'vitest';
import { chooseFile } from '../../src/inference/engines/onnx/onnx-files.js';
import { traitsOf } from '../../src/inference/engines/transformers/vision/processor-traits.js';

describe('the variant of a graph that is loaded', () => {
  it.each([
    [['model.onnx'], 'fp32', 'model.onnx'],
    [['model.onnx', 'model_quantized.onnx', 'model_q4.onnx'], 'q8', 'model_quantized.onnx'],
    [['model.onnx', 'model_int8.onnx', 'model_uint8.onnx'], 'int8', 'model_int8.onnx'],
    [['model.onnx', 'model_q4.onnx', 'model_fp16.onnx'], 'q4', 'model_q4.onnx'],
    [['model_fp16.onnx', 'model.onnx'], 'fp32', 'model.onnx'],
    [['model_q4f16.onnx', 'model_fp16.onnx'], 'fp16', 'model_fp16.onnx'],
    [['model_q4f16.onnx'], 'q4f16', 'model_q4f16.onnx'],
    [['model_bnb4.onnx', 'model.onnx'], 'bnb4', 'model_bnb4.onnx'],
  ])('of %j is %s', (files, dtype, file) => {
    expect(chooseFile('model', files)).toMatchObject({ dtype, file });
    expect(chooseFile('model', [...files].reverse())).toMatchObject({ dtype, file });
  });

  it('is none when there is none', () => {
    expect(chooseFile('model', ['decoder_model.onnx', 'model.onnx_data', 'model_q2.onnx'])).toBeNull();
  });

  it('comes with the files that hold its weights', () => {
    const files = ['m.onnx', 'm.onnx_data', 'm.onnx_data_1', 'm.onnx.data', 'm_q4f16.onnx', 'm_q4f16.onnx_data'];
    expect(chooseFile('m', files)?.parts).toEqual(['m.onnx', 'm.onnx_data', 'm.onnx_data_1', 'm.onnx.data']);
  });
});

describe('how a processor is called', () => {
  it.each([
    ['LlavaProcessor', true],
    ['PaliGemmaProcessor', true],
    ['PixtralProcessor', true],
    ['Lfm2VlProcessor', true],
    ['Idefics3Processor', false],
    ['SmolVLMProcessor', false],
    ['Qwen2VLProcessor', false],
    ['Qwen2_5_VLProcessor', false],
    ['Qwen3VLProcessor', false],
    ['Gemma3Processor', false],
  ])('%s: pictures first is %s', (name, imagesFirst) => {
    expect(traitsOf(name).imagesFirst).toBe(imagesFirst);
  });

  it('is not known of others', () => {
    expect(() => traitsOf('Florence2Processor')).toThrow(/"Florence2Processor"; supported are Idefics3Processor, /);
    expect(() => traitsOf(undefined)).toThrow(/names no processor_class/);
  });

  it('goes with what stands for a picture', () => {
    const configs = { processor: { image_token: '<pic>' }, tokenizer: { boi_token: '<boi>' } };
    expect(traitsOf('LlavaProcessor').placeholder(configs)).toBe('<pic>');
    expect(traitsOf('Gemma3Processor').placeholder(configs)).toBe('<boi>');
    expect(traitsOf('Qwen2VLProcessor').placeholder(configs)).toBe('<|image_pad|>');
    expect(traitsOf('Idefics3Processor').placeholder(configs)).toBe('<image>');
  });
});
