import { describe, expect, it } from 'vitest';
import type { Planes } from '../../src/inference/engines/diffusion/planes.js';
import { fades, stretches, tiled } from '../../src/inference/engines/diffusion/vae/tiling.js';
import { tilingFor, VAE_BYTES, vaeBytesPerPixel } from '../../src/inference/engines/diffusion/vae/vae-memory.js';

const SD = { factor: 8, scaling: 0.18215, shift: 0, widths: [128, 256, 512, 512] };

function ramp(channels: number, width: number, height: number): Planes {
  const data = Float32Array.from({ length: channels * width * height }, (_, i) => Math.sin(i));
  return { data, channels, width, height };
}

/** What a decoder does that looks at nothing but the cell itself: each becomes `factor` by `factor` pixels. */
function enlarged(factor: number): (tile: Planes) => Promise<Planes> {
  return ({ data, channels, width, height }) => {
    const side = { width: width * factor, height: height * factor };
    const pixels = Float32Array.from({ length: channels * side.width * side.height }, (_, i) => {
      const [x, y] = [i % side.width, Math.floor(i / side.width) % side.height];
      const channel = Math.floor(i / (side.width * side.height));
      return data[(channel * height + Math.floor(y / factor)) * width + Math.floor(x / factor)] ?? NaN;
    });
    return Promise.resolve({ data: pixels, channels, ...side });
  };
}

describe('tiles', () => {
  it('cover the whole, each as large as the others, and overlap enough', () => {
    for (const whole of [65, 96, 100, 127, 128, 200]) {
      const parts = stretches(whole, { tile: 64, overlap: 16 });
      expect(parts[0]?.start).toBe(0);
      const last = parts.at(-1);
      expect((last?.start ?? 0) + (last?.length ?? 0)).toBe(whole);
      parts.slice(1).forEach(({ start }, i) => {
        expect((parts[i]?.start ?? 0) + 64 - start).toBeGreaterThanOrEqual(16);
      });
    }
    expect(stretches(64, { tile: 64, overlap: 16 })).toEqual([{ start: 0, length: 64 }]);
  });

  it('fade into each other, together always whole', () => {
    const parts = stretches(10, { tile: 6, overlap: 2 });
    const weights = fades(parts, 10, 1);
    const total = Float32Array.from({ length: 10 }, (_, i) =>
      weights.reduce((sum, tile, index) => sum + (tile[i - (parts[index]?.start ?? 0)] ?? 0), 0),
    );
    total.forEach((sum) => expect(sum).toBeCloseTo(1, 6));
    expect([...(weights[0] ?? [])]).toEqual([1, 1, 1, 1, 0.75, 0.25]);
    expect([...(weights[1] ?? [])]).toEqual([0.25, 0.75, 1, 1, 1, 1]);
  });

  it.each([
    { inputScale: 1, outputScale: 4 },
    { inputScale: 1, outputScale: 1 },
  ])('give what the whole would, at $outputScale numbers a cell', async ({ inputScale, outputScale }) => {
    const input = ramp(3, 21, 13);
    const whole = await enlarged(outputScale)(input);
    const tiling = { size: input, tile: 8, overlap: 2, inputScale, outputScale };
    const result = await tiled(input, tiling, enlarged(outputScale));
    expect(result).toMatchObject({ channels: 3, width: 21 * outputScale, height: 13 * outputScale });
    result.data.forEach((value, i) => expect(value).toBeCloseTo(whole.data[i] ?? NaN, 5));
  });

  it('of a picture become tiles of a latent', async () => {
    const picture = ramp(3, 40, 24);
    const sizes: string[] = [];
    const tiling = { size: { width: 5, height: 3 }, tile: 3, overlap: 1, inputScale: 8, outputScale: 1 };
    const latent = await tiled(picture, tiling, ({ width, height }) => {
      sizes.push(`${String(width)}x${String(height)}`);
      const area = (width * height) / 64;
      return Promise.resolve({
        data: new Float32Array(4 * area).fill(2),
        channels: 4,
        width: width / 8,
        height: height / 8,
      });
    });
    expect(sizes).toEqual(['24x24', '24x24']);
    expect(latent).toMatchObject({ channels: 4, width: 5, height: 3 });
    expect(latent.data.every((value) => Math.abs(value - 2) < 1e-6)).toBe(true);
  });
});

describe('how much is decoded at once', () => {
  it('is all of what Stable Diffusion was trained on', () => {
    const size = { width: 64, height: 64 };
    expect(stretches(64, tilingFor(size, SD))).toHaveLength(1);
    expect(stretches(128, tilingFor({ width: 128, height: 32 }, SD))).toHaveLength(1);
  });

  it('is bounded for anything larger', () => {
    const { tile } = tilingFor({ width: 256, height: 256 }, SD);
    expect(tile ** 2 * 64 * vaeBytesPerPixel(SD)).toBeLessThanOrEqual(VAE_BYTES);
    expect(tile).toBeGreaterThanOrEqual(64);
  });
});
