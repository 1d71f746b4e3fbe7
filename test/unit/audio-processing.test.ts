import { describe, expect, it } from 'vitest';
import { faded, prepared, silence, trimmed } from '../../src/inference/audio/joins.js';
import { levelled, limited, speechLevel } from '../../src/inference/audio/loudness.js';
import { Resampler } from '../../src/inference/audio/resampler.js';
import { amplitudeAt, inParts, joined, peak, rms, tone } from './support/speech-sounds.js';

const RATE = 22_050;

function resampled(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  return joined(resampler.push(samples), resampler.end());
}

describe('a resampler', () => {
  it.each([
    [22_050, 24_000],
    [22_050, 48_000],
    [16_000, 24_000],
    [48_000, 24_000],
    [44_100, 48_000],
    [24_000, 24_000],
  ])('from %i to %i hertz keeps length, pitch and loudness', (from, to) => {
    for (const frequency of [100, 1000, 5000]) {
      const sound = resampled(tone(frequency, 0.5, from), from, to);
      expect(sound.length).toBe(Math.ceil((Math.round(0.5 * from) * to) / from));
      const middle = sound.subarray(sound.length / 10, (9 * sound.length) / 10);
      expect(amplitudeAt(frequency, middle, to)).toBeCloseTo(0.5, 2);
      // All of its power is in that tone: nothing was mirrored or added.
      expect(rms(middle)).toBeCloseTo(0.5 / Math.SQRT2, 2);
    }
  });

  it('puts each sample where it was: no delay', () => {
    const click = new Float32Array(1000);
    click[500] = 1;
    const sound = resampled(click, 16_000, 48_000);
    expect(sound.indexOf(peak(sound))).toBe(1500);
  });

  it('drops what the lower rate cannot hold, instead of mirroring it', () => {
    expect(rms(resampled(tone(10_000, 0.3, 48_000), 48_000, 16_000).subarray(100, -100))).toBeLessThan(1e-4);
  });

  it('makes no seams between pieces', () => {
    const sound = tone(440, 0.4, RATE);
    const resampler = new Resampler(RATE, 24_000);
    const pieces = inParts(sound).map((part) => resampler.push(part));
    expect(joined(...pieces, resampler.end())).toEqual(resampled(sound, RATE, 24_000));
  });

  it('makes nothing of nothing', () => {
    expect(resampled(new Float32Array(), RATE, 24_000)).toHaveLength(0);
  });
});

describe('loudness', () => {
  it('is that of the speech, not of its pauses', () => {
    const speech = tone(200, 1, RATE);
    const withPauses = joined(silence(1, RATE), speech, silence(2, RATE), speech);
    expect(speechLevel(withPauses, RATE)).toBeCloseTo(speechLevel(speech, RATE), 3);
    expect(speechLevel(speech, RATE)).toBeCloseTo(0.5 / Math.SQRT2, 3);
  });

  it('is the same for a faint sentence and a loud one', () => {
    const [faint, loud] = [0.03, 0.9].map((amplitude) => levelled(tone(200, 1, RATE, amplitude), RATE));
    expect(rms(faint ?? new Float32Array())).toBeCloseTo(0.1, 3);
    expect(rms(loud ?? new Float32Array())).toBeCloseTo(0.1, 3);
  });

  it('does not bring up silence or hiss', () => {
    expect(levelled(silence(1, RATE), RATE)).toEqual(silence(1, RATE));
    expect(rms(levelled(tone(200, 1, RATE, 0.002), RATE))).toBeLessThan(0.02);
  });

  it('keeps peaks below full scale without touching the rest', () => {
    expect(limited(0.69)).toBe(0.69);
    expect(limited(-0.5)).toBe(-0.5);
    let before = 0.7;
    for (let size = 0.75; size < 20; size *= 1.1) {
      expect(limited(size)).toBeGreaterThanOrEqual(before);
      expect(limited(-size)).toBe(-limited(size));
      before = limited(size);
    }
    expect(before).toBeLessThanOrEqual(0.97);
    const spiky = tone(200, 1, RATE, 0.05).map((sample, index) => (index % 2000 === 0 ? 0.9 : sample));
    expect(peak(levelled(spiky, RATE))).toBeLessThanOrEqual(0.97);
  });
});

describe('a sentence among others', () => {
  const sentence = joined(silence(0.5, RATE), tone(200, 1, RATE), silence(0.8, RATE));

  it('loses the silence around it, but for a breath', () => {
    const { length } = trimmed(sentence, RATE);
    expect(length / RATE).toBeGreaterThan(1.05);
    expect(length / RATE).toBeLessThan(1.1);
  });

  it('keeps its own pauses', () => {
    const spoken = joined(tone(200, 0.3, RATE), silence(0.4, RATE), tone(200, 0.3, RATE));
    expect(trimmed(spoken, RATE).length).toBe(spoken.length);
  });

  it('begins and ends without a click', () => {
    const sound = faded(tone(200, 0.1, RATE).fill(0.5), RATE);
    expect(sound[0]).toBe(0);
    expect(sound.at(-1)).toBe(0);
    expect(sound[sound.length >> 1]).toBe(0.5);
    const steps = sound.slice(1).map((sample, index) => Math.abs(sample - (sound[index] ?? 0)));
    expect(peak(steps)).toBeLessThan(0.02);
  });

  it('may be silence, or nothing', () => {
    expect(prepared(silence(1, RATE), RATE)).toEqual(silence(1, RATE));
    expect(prepared(new Float32Array(), RATE)).toHaveLength(0);
  });
});
