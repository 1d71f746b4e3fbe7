import { describe, expect, it } from 'vitest';
import { GaussianNoise } from '../../src/inference/engines/diffusion/gaussian.js';
import { guidanceEmbedding } from '../../src/inference/engines/diffusion/unet.js';
import { fromHalfFloats, toHalfFloats } from '../../src/inference/engines/onnx/half-floats.js';

describe('Gaussian noise', () => {
  it('has the moments of a standard normal distribution', () => {
    const values = new GaussianNoise(1).take(200_000);
    const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    // Standard errors of the moments 1 to 4 of n numbers: √(1/n), √(2/n), √(15/n), √(96/n); five of each.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / values.length));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / values.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / values.length));
  });

  it('has neighbours that know nothing of each other', () => {
    const values = new GaussianNoise(2).take(100_000);
    const products = values.subarray(1).reduce((sum, value, i) => sum + value * (values[i] ?? 0), 0);
    expect(Math.abs(products / values.length)).toBeLessThan(5 / Math.sqrt(values.length));
  });

  it('is the same for the same seed, bit for bit, for ever', () => {
    const values = new GaussianNoise(42).take(5);
    expect(new GaussianNoise(42).take(5)).toEqual(values);
    expect(new GaussianNoise(43).take(5)).not.toEqual(values);
    expect(new GaussianNoise(2 ** 32 - 1).take(5)).not.toEqual(new GaussianNoise(2 ** 31 - 1).take(5));
    // What was published with a seed must be drawn again by later versions.
    expect(Buffer.from(values.buffer, 0, 20).toString('hex')).toBe('2954363f7c41dfbe6fda443d45ed12bf34feba3d');
  });
});

describe('half precision', () => {
  it('keeps every number that it has', () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, half) => half);
    const values = fromHalfFloats(all);
    const back = toHalfFloats(values);
    const differing = all.filter((half, i) => back[i] !== half && !Number.isNaN(values[i]));
    expect([...differing]).toEqual([]);
  });

  it('has the values of IEEE 754', () => {
    const known = { 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: 2 ** -14, 0x0001: 2 ** -24, 0x3555: 0.333251953125 };
    for (const [half, value] of Object.entries(known)) {
      expect(fromHalfFloats(Uint16Array.of(Number(half)))[0]).toBe(value);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    const half = (value: number): number => fromHalfFloats(toHalfFloats([value]))[0] ?? NaN;
    expect(half(1 + 2 ** -11)).toBe(1); // halfway between 1 and 1 + 2^-10
    expect(half(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
    expect(half(2049)).toBe(2048);
    expect(half(2 ** -25)).toBe(0);
    expect(half(1.5 * 2 ** -25)).toBe(2 ** -24);
    expect(half(65519)).toBe(65504);
    expect(half(65520)).toBe(Infinity);
    expect(half(-1e9)).toBe(-Infinity);
    expect(half(NaN)).toBeNaN();
  });
});

describe('guidance as an input', () => {
  it('is sines and then cosines of falling frequencies', () => {
    const embedding = guidanceEmbedding(8, 256);
    expect(embedding).toHaveLength(256);
    expect(embedding[0]).toBeCloseTo(Math.sin(7000), 5);
    expect(embedding[127]).toBeCloseTo(Math.sin(0.7), 5); // 7000/10000
    expect(embedding[255]).toBeCloseTo(Math.cos(0.7), 5);
  });

  it('of 1 is no guidance', () => {
    const embedding = [...guidanceEmbedding(1, 8)];
    expect(embedding).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });
});
