import { describe, expect, it } from 'vitest';
import { canvasFor, sizeLike, sizeLimits } from '../../src/inference/engines/diffusion/canvas.js';
import { ConfigFile } from '../../src/inference/engines/diffusion/config-file.js';
import { drawingOptions, type DrawingTask } from '../../src/inference/engines/diffusion/drawing-options.js';
import { parametersText } from '../../src/inference/engines/diffusion/drawing-text.js';
import { generationDefaults } from '../../src/inference/engines/diffusion/generation-defaults.js';
import { configOf } from './support/diffusion-scheduler.js';
import { errorOf } from './support/errors.js';

const BASE = { model: 'm', prompt: 'a cat', negativePrompt: '', seed: 7, sampling: {} } as const;
const FROM_TEXT: DrawingTask = { ...BASE, kind: 'text-to-image' };
const FROM_IMAGE: DrawingTask = { ...BASE, kind: 'image-to-image', image: new Uint8Array() };

function defaultsOf(scheduler: object, file: object | null = null, guidanceIsInput = false) {
  const hint = file === null ? null : new ConfigFile('generation_config.json', { ...file });
  return generationDefaults(configOf({ ...scheduler }), guidanceIsInput, hint);
}

const DDIM = { _class_name: 'DDIMScheduler' };

describe('sizes', () => {
  const square = (side: number): { width: number; height: number } => ({ width: side, height: side });
  const limits = sizeLimits(8, 8, 512, null);

  it('are multiples of 8 from 64 to the model’s limit', async () => {
    for (const size of [
      square(63),
      square(68),
      square(0),
      square(-64),
      square(64.5),
      square(1032),
      { width: 64, height: 60 },
    ]) {
      const error = await errorOf(() => canvasFor(size, limits));
      expect(error).toMatchObject({ code: 'invalid_request', param: 'size' });
      expect(error.message).toContain('multiples of 8 from 64 to 1024');
    }
    expect(canvasFor({ width: 512, height: 64 }, limits).picture).toEqual({ width: 512, height: 64 });
  });

  it('are drawn as they are asked for while the UNet can', () => {
    const size = { width: 768, height: 512 };
    expect(canvasFor(size, limits)).toEqual({ picture: size, drawn: size, padded: size });
  });

  it('beyond are drawn smaller, in the same proportions, and enlarged', () => {
    const { picture, drawn } = canvasFor({ width: 1024, height: 512 }, limits);
    expect(picture).toEqual({ width: 1024, height: 512 });
    expect(drawn.width * drawn.height).toBeLessThanOrEqual(1.51 * 512 ** 2);
    expect(drawn.width / drawn.height).toBeCloseTo(2, 1);
  });

  it('are padded to what the UNet takes', () => {
    const { drawn, padded } = canvasFor({ width: 520, height: 64 }, sizeLimits(8, 64, 512, null));
    expect(drawn).toEqual({ width: 520, height: 64 });
    expect(padded).toEqual({ width: 576, height: 64 });
  });

  it('are what a model says of itself', () => {
    const own = sizeLimits(8, 8, 512, 2048);
    const size = { width: 2048, height: 2048 };
    expect(canvasFor(size, own).drawn).toEqual(size);
    expect(() => canvasFor({ width: 2056, height: 64 }, own)).toThrow('64 to 2048');
  });

  it('of a source are the nearest that can be drawn', () => {
    expect(sizeLike({ width: 300, height: 200 }, limits)).toEqual({ width: 304, height: 200 });
    expect(sizeLike({ width: 4000, height: 3000 }, limits)).toEqual({ width: 1024, height: 768 });
    expect(sizeLike({ width: 9, height: 5000 }, limits)).toEqual({ width: 64, height: 1024 });
    expect(sizeLike({ width: 1020, height: 1 }, sizeLimits(8, 8, 512, 1020))).toEqual({ width: 1016, height: 64 });
  });
});

describe('a model’s own numbers', () => {
  it('follow from its scheduler', () => {
    expect(defaultsOf(DDIM).fromText).toEqual({ steps: 25, guidanceScale: 7.5 });
    expect(defaultsOf({ _class_name: 'PNDMScheduler' }).fromText).toEqual({ steps: 25, guidanceScale: 7.5 });
    expect(defaultsOf({ _class_name: 'LCMScheduler' }).fromText).toEqual({ steps: 4, guidanceScale: 1 });
    expect(defaultsOf({ _class_name: 'LCMScheduler' }, null, true).fromText).toEqual({ steps: 4, guidanceScale: 8 });
    const turbo = { _class_name: 'EulerDiscreteScheduler', timestep_spacing: 'trailing' };
    expect(defaultsOf(turbo).fromText).toEqual({ steps: 1, guidanceScale: 1 });
    expect(defaultsOf(turbo).fromImage).toEqual({ steps: 2, guidanceScale: 1, strength: 0.5 });
  });

  it('are what generation_config.json says, where it says something', () => {
    const file = { num_inference_steps: 6, width: 320, max_size: 640, image_to_image: { strength: 0.4 } };
    expect(defaultsOf(DDIM, file)).toEqual({
      fromText: { steps: 6, guidanceScale: 7.5 },
      fromImage: { steps: 6, guidanceScale: 7.5, strength: 0.4 },
      width: 320,
      height: null,
      maxSize: 640,
    });
    const apart = {
      num_inference_steps: 1,
      guidance_scale: 1,
      image_to_image: { num_inference_steps: 4, guidance_scale: 2 },
    };
    expect(defaultsOf(DDIM, apart).fromImage).toEqual({ steps: 4, guidanceScale: 2, strength: 0.75 });
  });

  it('that make no sense are refused', () => {
    expect(() => defaultsOf(DDIM, { num_inference_steps: 0 })).toThrow(
      'generation_config.json has a num_inference_steps',
    );
    expect(() => defaultsOf(DDIM, { max_size: 10 })).toThrow('max_size that is not from 64 to 4096');
  });
});

describe('a request', () => {
  const defaults = defaultsOf(DDIM);
  const optionsOf = (task: DrawingTask, more: object) => drawingOptions({ ...task, ...more }, defaults, 1000);

  it('takes the model’s own where it says nothing', () => {
    expect(optionsOf(FROM_TEXT, {})).toEqual({
      steps: 25,
      guidanceScale: 7.5,
      seed: 7,
      strength: 1,
      previewEvery: null,
      firstStep: 0,
    });
  });

  it.each([
    [{ steps: 0 }, 'steps', 'a whole number from 1 to 200, not 0'],
    [{ steps: 201 }, 'steps', 'not 201'],
    [{ steps: 2.5 }, 'steps', 'not 2.5'],
    [{ guidanceScale: -1 }, 'guidance_scale', 'from 0 to 50, not -1'],
    [{ guidanceScale: NaN }, 'guidance_scale', 'not NaN'],
    [{ seed: -1 }, 'seed', 'not -1'],
    [{ seed: 2 ** 32 }, 'seed', 'from 0 to 4294967295'],
    [{ previewEvery: 0 }, 'preview_every', 'a whole number from 1, not 0'],
  ])('%j is refused', async (more, param, message) => {
    const error = await errorOf(() => optionsOf(FROM_TEXT, more));
    expect(error).toMatchObject({ code: 'invalid_request', param });
    expect(error.message).toContain(message);
  });

  it.each([0, -0.1, 1.01])('strength %f is refused', async (strength) => {
    const error = await errorOf(() => optionsOf(FROM_IMAGE, { strength }));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'strength' });
  });

  it('over a picture takes the last steps, as many as its strength', () => {
    const first = (steps: number, strength: number): number => optionsOf(FROM_IMAGE, { steps, strength }).firstStep;
    expect(first(20, 0.5)).toBe(10);
    expect(first(10, 0.7)).toBe(3);
    expect(first(100, 0.29)).toBe(71);
    expect(first(1, 0.1)).toBe(0); // one is the least
    expect(first(20, 1)).toBe(0);
  });

  it('with a mask draws anew what the mask leaves open', () => {
    expect(optionsOf(FROM_IMAGE, {}).strength).toBe(0.75);
    expect(optionsOf(FROM_IMAGE, { mask: new Uint8Array() }).strength).toBe(1);
    expect(optionsOf(FROM_IMAGE, { mask: new Uint8Array(), strength: 0.3 }).strength).toBe(0.3);
  });

  it('cannot take more steps than the model was trained on', () => {
    expect(() => drawingOptions({ ...FROM_TEXT, steps: 20 }, defaults, 10)).toThrow('from 1 to 10');
  });
});

describe('what is written into the file', () => {
  const size = { width: 512, height: 512 };
  const canvas = { picture: size, drawn: size, padded: size };

  it('says all that a picture was made with', () => {
    const task = { ...FROM_TEXT, prompt: 'кот', negativePrompt: 'a dog' };
    expect(parametersText(task, drawingOptions(task, defaultsOf(DDIM), 1000), canvas, 'DDIM')).toBe(
      'кот\nNegative prompt: a dog\nSteps: 25, Sampler: DDIM, CFG scale: 7.5, Seed: 7, Size: 512x512, Model: m',
    );
  });

  it('says how strong it was and whether it was enlarged', () => {
    const options = drawingOptions({ ...FROM_IMAGE, strength: 0.5 }, defaultsOf(DDIM), 1000);
    const text = parametersText(FROM_IMAGE, options, { ...canvas, picture: { width: 1024, height: 1024 } }, 'DDIM');
    expect(text).toContain('Size: 1024x1024, Enlarged from: 512x512, Model: m, Denoising strength: 0.5');
    expect(text).not.toContain('Negative prompt');
  });
});
