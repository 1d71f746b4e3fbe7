import { rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Size } from '../../src/inference/engines/diffusion/planes.js';
import { Unet } from '../../src/inference/engines/diffusion/unet.js';
import { OnnxGraph } from '../../src/inference/engines/onnx/onnx-graph.js';
import { DiffusionRunner, pixelsOf, type Drawn } from './support/diffusion-runner.js';
import { toyModel, type ToyKind } from './support/diffusion-toy.js';

const SIZE = { width: 128, height: 96 };

async function loaded(kind: ToyKind): Promise<DiffusionRunner> {
  const folder = toyModel(kind);
  const diffusion = new DiffusionRunner({ path: folder });
  onTestFinished(async () => {
    await diffusion.stop();
    rmSync(folder, { recursive: true });
  });
  await diffusion.load();
  return diffusion;
}

/** Whether pictures differ in more than what they say of themselves. */
async function differ(a: Drawn, b: Drawn): Promise<boolean> {
  const [one, other] = [await pixelsOf(a.png), await pixelsOf(b.png)];
  return Buffer.compare(one.rgb, other.rgb) !== 0;
}

describe.each<[string, ToyKind]>([
  ['a plain export', {}],
  ['an old export', { whole: 'int64', listedTimestep: true }],
  ['half precision', { half: true, whole: 'int32' }],
  ['a folder of graphs alone', { bare: true }],
  ['SDXL', { xl: true, scheduler: { timestep_spacing: 'leading', steps_offset: 1 } }],
  ['an inpainting model', { inpainting: true, scheduler: { _class_name: 'PNDMScheduler' } }],
  ['LCM', { lcm: true, scheduler: { _class_name: 'LCMScheduler' } }],
  ['a UNet that takes multiples of 8', { coarse: true }],
])('%s', (_, kind) => {
  it('draws what depends on prompt, negative prompt, guidance and seed', async () => {
    const diffusion = await loaded(kind);
    const draw = (more: object): Promise<Drawn> =>
      diffusion.draw({ size: SIZE, steps: 3, guidanceScale: 4, prompt: 'a cat', ...more });
    const plain = await draw({});
    expect(await pixelsOf(plain.png)).toMatchObject(SIZE);
    expect(plain.chunks.map(({ type }) => type)).toEqual(['drawing', 'step', 'step', 'step', 'picture', 'finished']);
    expect(Buffer.compare((await draw({})).png, plain.png)).toBe(0);
    expect(await differ(await draw({ seed: 2 }), plain)).toBe(true);
    expect(await differ(await draw({ prompt: 'two large dogs' }), plain)).toBe(true);
    expect(await differ(await draw({ guidanceScale: 9 }), plain)).toBe(true);
    // What was distilled with guidance has no use for a negative prompt.
    expect(await differ(await draw({ negativePrompt: 'a dog' }), plain)).toBe(kind.lcm !== true);
  });

  it('draws over a picture, and within a mask', async () => {
    const diffusion = await loaded(kind);
    const source = await diffusion.draw({ size: SIZE, steps: 2 });
    const over = { image: source.png, steps: 4, strength: 0.5, guidanceScale: 2 };
    const drawn = await diffusion.drawOver(over);
    expect(drawn).toMatchObject(SIZE);
    expect(drawn.chunks.filter(({ type }) => type === 'step')).toHaveLength(2);
    const stronger = await diffusion.drawOver({ ...over, strength: 1 });
    expect(await differ(stronger, drawn)).toBe(true);
    const masked = await diffusion.drawOver({ ...over, mask: source.png });
    expect(await differ(masked, drawn)).toBe(true);
  });
});

describe('sizes', () => {
  it('that the UNet does not take are cut out of larger ones', async () => {
    const diffusion = await loaded({ coarse: true });
    const drawn = await diffusion.draw({ size: { width: 136, height: 72 }, steps: 2 });
    expect(await pixelsOf(drawn.png)).toMatchObject({ width: 136, height: 72 });
  });

  it('beyond what the UNet draws are enlarged, and the file says so', async () => {
    const diffusion = await loaded({});
    const drawn = await diffusion.draw({ size: { width: 1024, height: 512 }, steps: 2 });
    expect(await pixelsOf(drawn.png)).toMatchObject({ width: 1024, height: 512 });
    expect(Buffer.from(drawn.png).toString('latin1')).toContain('Enlarged from: 222x111');
  });

  it('that are not asked for are the model’s own', async () => {
    const drawn = await (await loaded({})).draw({ steps: 1 });
    expect(drawn).toMatchObject({ width: 128, height: 128 });
  });

  it('are told to SDXL', async () => {
    const folder = toyModel({ xl: true });
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const neighbours = { textWidth: 40, pooledWidth: 12, latentChannels: 4 };
    const unet = await Unet.create(await OnnxGraph.open(folder, 'unet/model.onnx', 1), null, neighbours);
    const sample = { data: new Float32Array(4 * 64), channels: 4, width: 8, height: 8 };
    const prompts = [{ states: new Float32Array(77 * 40), pooled: new Float32Array(12) }];
    const at = async (picture: Size): Promise<number> => {
      const [output] = await unet.predict(sample, 0, { prompts, picture, guidanceScale: 1 });
      return output?.[0] ?? NaN;
    };
    // The toy adds a ten thousandth of the mean of height, width, 0, 0, height, width.
    expect(await at({ width: 600, height: 300 })).toBeCloseTo(1800 / 6 / 10_000, 5);
    expect(await at({ width: 1200, height: 600 })).toBeCloseTo(3600 / 6 / 10_000, 5);
  });
});

describe('a model that draws from words alone', () => {
  it('says so when it is shown a picture', async () => {
    const folder = toyModel();
    rmSync(`${folder}/vae_encoder`, { recursive: true });
    const diffusion = new DiffusionRunner({ path: folder });
    onTestFinished(async () => {
      await diffusion.stop();
      rmSync(folder, { recursive: true });
    });
    await diffusion.load();
    const source = await diffusion.draw({ steps: 1, size: SIZE });
    await expect(diffusion.drawOver({ image: source.png })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'model',
      message: expect.stringContaining('draws from words alone') as string,
    });
  });
});
