import { describe, expect, it } from 'vitest';
import { detectorSize } from '../../src/inference/engines/paddle-ocr/detector-size.js';
import { framed, marginOf, unframed } from '../../src/inference/engines/paddle-ocr/frame.js';
import { dilated, maskOf, regionsOf } from '../../src/inference/engines/paddle-ocr/regions.js';
import { meanInside, textBoxes, type BoxSettings } from '../../src/inference/engines/paddle-ocr/text-boxes.js';
import { boxOf, mapOf } from './support/ocr-boxes.js';

const SETTINGS: BoxSettings = {
  thresh: 0.3,
  boxThresh: 0.6,
  unclipRatio: 1.5,
  maxCandidates: 1000,
  minSize: 3,
  useDilation: false,
};

function maskFrom(...rows: readonly string[]): Uint8Array {
  return Uint8Array.from([...rows.join('')].map((pixel) => (pixel === '#' ? 1 : 0)));
}

describe('regions of a mask', () => {
  it('hold pixels that touch, by a corner, too', () => {
    const mask = maskFrom('##...', '..#..', '.....', '#...#', '#...#');
    const regions = [...regionsOf(mask, 5)].map(({ extremes }) => extremes);
    expect(regions).toHaveLength(3);
    expect(regions[0]).toEqual([
      [0.5, 0.5],
      [1.5, 0.5],
      [2.5, 1.5],
    ]);
    // The right and the left edge do not touch, though their pixels follow each other.
    expect(regions[1]).toEqual([
      [0.5, 3.5],
      [0.5, 4.5],
    ]);
  });

  it('are told by the threshold, which itself is not above it', () => {
    expect([...maskOf(new Float32Array([0.25, 0.5, 0.75]), 0.5)]).toEqual([0, 0, 1]);
  });

  it('grow to the right and down when dilated', () => {
    expect([...dilated(maskFrom('#..', '..#', '...'), 3)]).toEqual([...maskFrom('##.', '###', '..#')]);
  });
});

describe('boxes from a probability map', () => {
  it('are kernels grown back, in pixels of the page', () => {
    const map = mapOf(100, 50, [{ x: 20, y: 20, width: 41, height: 11, value: 0.9 }]);
    // Between the middles of its pixels the kernel is 40 × 10; it grows by 400 · 1.5 / 100 = 6 on each side.
    const found = textBoxes(map, { width: 200, height: 100 }, SETTINGS).flat(2);
    const wanted = boxOf((20.5 - 6) * 2, (20.5 - 6) * 2, 52 * 2, 22 * 2).flat();
    expect(found).toEqual(wanted.map((value) => expect.closeTo(value, 6) as number));
  });

  it('end at the edge of the page', () => {
    const map = mapOf(100, 50, [{ x: 0, y: 0, width: 41, height: 11, value: 0.9 }]);
    expect(textBoxes(map, { width: 100, height: 50 }, SETTINGS)).toEqual([boxOf(0, 0, 46.5, 16.5)]);
  });

  it('leave out what is faint, small or one too many', () => {
    const faint = { x: 10, y: 5, width: 40, height: 10, value: 0.55 };
    const thin = { x: 10, y: 20, width: 40, height: 3, value: 0.9 };
    const sound = { x: 10, y: 30, width: 40, height: 10, value: 0.9 };
    const page = { width: 100, height: 60 };
    const map = mapOf(100, 60, [faint, thin, sound]);
    expect(textBoxes(map, page, SETTINGS)).toHaveLength(1);
    expect(textBoxes(map, page, { ...SETTINGS, boxThresh: 0.5 })).toHaveLength(2);
    expect(textBoxes(map, page, { ...SETTINGS, minSize: 2 })).toHaveLength(2);
    expect(textBoxes(map, page, { ...SETTINGS, maxCandidates: 2 })).toHaveLength(0);
    expect(textBoxes(mapOf(10, 10, []), page, SETTINGS)).toEqual([]);
  });

  it('are scored by the mean inside the turned rectangle', () => {
    const map = mapOf(20, 20, [{ x: 0, y: 0, width: 20, height: 10, value: 0.8 }]);
    const level = { cx: 10, cy: 10, width: 10, height: 10, ux: 1, uy: 0 };
    expect(meanInside(map, level)).toBeCloseTo(0.4, 5);
    expect(meanInside(map, { ...level, ux: Math.SQRT1_2, uy: Math.SQRT1_2 })).toBeCloseTo(0.4, 1);
    expect(meanInside(map, { ...level, cy: 5, height: 8 })).toBeCloseTo(0.8, 5);
    expect(meanInside(map, { ...level, cx: 500 })).toBe(0);
  });
});

describe('the size of a page for the detector', () => {
  it.each([
    ['max', 960, [800, 600], [800, 608]],
    ['max', 960, [1920, 1080], [960, 544]],
    ['max', 960, [1654, 2339], [672, 960]],
    ['max', 960, [1, 1], [32, 32]],
    ['max', 960, [3000, 10], [960, 32]],
    ['min', 736, [800, 600], [992, 736]],
    ['min', 736, [2000, 1000], [2016, 992]],
    ['min', 736, [3000, 100], [4000, 128]],
    ['resize_long', 960, [480, 240], [1024, 512]],
    ['resize_long', 960, [1920, 1080], [1024, 640]],
  ] as const)('with %s %i of %j is %j', (type, side, [width, height], [wide, high]) => {
    expect(detectorSize({ width, height }, { type, side })).toEqual({ width: wide, height: high });
  });
});

describe('the frame of a strip', () => {
  it('is put around low and long pictures only', () => {
    expect(marginOf({ width: 800, height: 600 })).toBe(0);
    expect(marginOf({ width: 800, height: 40 })).toBe(20);
    expect(marginOf({ width: 20, height: 300 })).toBe(16);
    expect(marginOf({ width: 2000, height: 200 })).toBe(100);
    expect(marginOf({ width: 1, height: 1 })).toBe(16);
  });

  it('has the colour of the edge, and is gone from the boxes', async () => {
    const pixels = new Uint8Array(5 * 4 * 3).fill(7);
    pixels.fill(200, (2 * 5 + 2) * 3, (2 * 5 + 3) * 3);
    const picture = await framed({ width: 5, height: 4, pixels }, 2);
    expect(picture).toMatchObject({ width: 9, height: 8 });
    expect([...picture.pixels.subarray(0, 3)]).toEqual([7, 7, 7]);
    expect(picture.pixels[(4 * 9 + 4) * 3]).toBe(200);
    expect(unframed(boxOf(1, 3, 7, 2), { width: 5, height: 4 }, 2)).toEqual(boxOf(0, 1, 5, 2));
  });
});
