import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiffusionRunner, pixelsOf, type Drawn } from './support/diffusion-runner.js';

const SIZE = { width: 256, height: 256 };
type Colour = 'red' | 'green' | 'blue' | 'other';

/** Which of the three a pixel mostly is. */
function colourAt({ rgb, width }: { rgb: Uint8Array; width: number }, x: number, y: number): Colour {
  const [red = 0, green = 0, blue = 0] = rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
  if (red > 1.5 * Math.max(green, blue)) return 'red';
  if (green > 1.2 * Math.max(red, blue)) return 'green';
  return blue > 1.5 * Math.max(red, green) ? 'blue' : 'other';
}

/** Shares of the colours among the pixels that are `wanted`. */
async function shares(png: Uint8Array, wanted: (x: number, y: number) => boolean): Promise<Record<Colour, number>> {
  const pixels = await pixelsOf(png);
  const counts = { red: 0, green: 0, blue: 0, other: 0 };
  let all = 0;
  for (let i = 0; i < pixels.width * pixels.height; i++) {
    const [x, y] = [i % pixels.width, Math.floor(i / pixels.width)];
    if (!wanted(x, y)) continue;
    counts[colourAt(pixels, x, y)]++;
    all++;
  }
  return { red: counts.red / all, green: counts.green / all, blue: counts.blue / all, other: counts.other / all };
}

const everywhere = (): boolean => true;
const atTheBorder = (x: number, y: number): boolean => x < 4 || y < 4 || x >= SIZE.width - 4 || y >= SIZE.height - 4;

describe('the starter model', () => {
  let diffusion: DiffusionRunner;

  beforeAll(async () => {
    ({ diffusion } = await DiffusionRunner.load());
  });

  afterAll(() => diffusion.stop());

  /** What must hold for most seeds. */
  async function goodSeeds(isGood: (seed: number) => Promise<boolean>): Promise<number> {
    let good = 0;
    for (const seed of [1, 2, 3, 4, 5]) if (await isGood(seed)) good++;
    return good;
  }

  it('draws a red circle on a blue background', async () => {
    const good = await goodSeeds(async (seed) => {
      const { png } = await diffusion.draw({ size: SIZE, seed });
      const [border, all] = [await shares(png, atTheBorder), await shares(png, everywhere)];
      return border.blue > 0.7 && all.red > 0.02;
    });
    expect(good).toBeGreaterThanOrEqual(3);
  });

  it('says what it does, and writes it into the file', async () => {
    const { chunks, png } = await diffusion.draw({
      size: SIZE,
      prompt: 'a red circle',
      negativePrompt: 'чёрный',
      seed: 9,
    });
    expect(chunks.map(({ type }) => type)).toEqual(['drawing', 'step', 'picture', 'finished']);
    expect(chunks[0]).toEqual({ type: 'drawing', ...SIZE, steps: 1 });
    expect(chunks[1]).toEqual({ type: 'step', step: 1, steps: 1 });
    expect(chunks[3]).toEqual({ type: 'finished', finishReason: 'stop', promptTokens: 3, completionTokens: 0 });
    const { comments } = await sharp(png).metadata();
    expect(comments?.[0]?.text).toBe(
      'a red circle\nNegative prompt: чёрный\nSteps: 1, Sampler: DDIM, CFG scale: 1, Seed: 9, Size: 256x256, Model: starter-image',
    );
  });

  it('draws the same for the same seed, byte by byte, and something else for another', async () => {
    const [one, again, other] = [1, 1, 2].map((seed) =>
      diffusion.draw({ size: SIZE, seed, steps: 2, guidanceScale: 1.5 }),
    );
    const first = (await one)?.png ?? Buffer.alloc(0);
    expect(Buffer.compare((await again)?.png ?? Buffer.alloc(1), first)).toBe(0);
    expect(Buffer.compare((await other)?.png ?? Buffer.alloc(0), first)).not.toBe(0);
  });

  it.each([
    [64, 64],
    [72, 200],
    [640, 136],
  ])('draws %i x %i pixels', async (width, height) => {
    const { png } = await diffusion.draw({ size: { width, height } });
    expect(await pixelsOf(png)).toMatchObject({ width, height });
  });

  it('shows how it comes along', async () => {
    const { chunks } = await diffusion.draw({ size: { width: 512, height: 320 }, steps: 5, previewEvery: 2 });
    const previews: (Drawn['png'] | undefined)[] = chunks.flatMap((chunk) =>
      chunk.type === 'step' ? [chunk.preview] : [],
    );
    expect(previews.map((preview) => preview !== undefined)).toEqual([false, true, false, true, false]);
    expect(await pixelsOf(previews[1] ?? Buffer.alloc(0))).toMatchObject({ width: 256, height: 160 });
    // Each step takes more of the noise away from the guess: the last preview is blue where the picture is.
    const border = await shares(previews[3] ?? Buffer.alloc(0), (x, y) => x < 4 || y < 4);
    expect(border.blue).toBeGreaterThan(0.5);
  });

  it('draws over a picture', async () => {
    const good = await goodSeeds(async (seed) => {
      const image = await disc('#dc2020', '#2040d0');
      const { png } = await diffusion.drawOver({ image, prompt: 'a green circle on a blue background', seed });
      const [border, all] = [await shares(png, atTheBorder), await shares(png, everywhere)];
      return border.blue > 0.7 && all.green > all.red;
    });
    expect(good).toBeGreaterThanOrEqual(3);
  });

  it('stays near to a source that it may change little', async () => {
    const image = await disc('#dc2020', '#2040d0');
    const distance = async (strength: number): Promise<number> => {
      const { png } = await diffusion.drawOver({
        image,
        steps: 10,
        strength,
        prompt: 'a red circle on a blue background',
      });
      const [source, drawn] = [await pixelsOf(image), await pixelsOf(png)];
      return drawn.rgb.reduce((sum, level, i) => sum + Math.abs(level - (source.rgb[i] ?? 0)), 0) / drawn.rgb.length;
    };
    expect(await distance(0.1)).toBeLessThan(await distance(1));
  });

  it('draws within a mask alone', async () => {
    const image = await disc('#dc2020', '#2040d0');
    const left = { create: { width: 128, height: 256, channels: 3, background: '#ffffff' } } as const;
    const mask = await sharp({ create: { ...SIZE, channels: 3, background: '#000000' } })
      .composite([{ input: left, left: 0, top: 0 }])
      .png()
      .toBuffer();
    const { png, width, height } = await diffusion.drawOver({ image, mask, prompt: 'a green square' });
    expect({ width, height }).toEqual(SIZE);
    const [source, drawn] = [await pixelsOf(image), await pixelsOf(png)];
    const changed = { left: 0, right: 0 };
    drawn.rgb.forEach((level, i) => {
      if (level === source.rgb[i]) return;
      changed[Math.floor(i / 3) % 256 < 128 ? 'left' : 'right']++;
    });
    expect(changed.right).toBe(0);
    expect(changed.left).toBeGreaterThan(1000);
  });

  it('refuses what it cannot do, and names it', async () => {
    const prompt = 'red '.repeat(80);
    const message = '"prompt" has 80 tokens, and this model reads 75 at most: shorten it.';
    await expect(diffusion.draw({ prompt })).rejects.toMatchObject({
      code: 'context_length_exceeded',
      param: 'prompt',
      message,
    });
    const negative = { code: 'context_length_exceeded', param: 'negative_prompt' };
    await expect(diffusion.draw({ negativePrompt: prompt })).rejects.toMatchObject(negative);
    const size = { width: 1032, height: 512 };
    await expect(diffusion.draw({ size })).rejects.toMatchObject({ code: 'invalid_request', param: 'size' });
    await expect(diffusion.draw({ steps: 201 })).rejects.toMatchObject({ code: 'invalid_request', param: 'steps' });
    const image = Buffer.from('no picture');
    await expect(diffusion.drawOver({ image })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

function disc(colour: string, background: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="${background}"/><circle cx="128" cy="128" r="60" fill="${colour}"/></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
}
