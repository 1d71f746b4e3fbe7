import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIO_FORMATS } from '../../src/inference/speech-tasks.js';
import { decoded } from '../support/audio-decoders.js';
import { PiperRunner } from './support/piper-runner.js';

const VOICE_RATE = 22_050;
const FILE_RATES = { wav: VOICE_RATE, flac: VOICE_RATE, mp3: VOICE_RATE, opus: 48_000, pcm: 24_000 } as const;
/** LAME's delay before and after; the others give each sample back. */
const MOST_EXTRA_SECONDS = { wav: 0, flac: 0, mp3: 0.11, opus: 0, pcm: 0 } as const;
const TEXT = 'The first sentence is short. The second one, which is longer, has a comma or two, and then it ends.';

let voice: PiperRunner;

beforeAll(async () => {
  voice = new PiperRunner();
  await voice.load();
});

afterAll(() => voice.stop());

describe.each(AUDIO_FORMATS)('%s', (format) => {
  it('is a file that others read, as long as its pieces say', async () => {
    const { started, pieces, file, seconds } = await voice.say(TEXT, { format });
    expect(started).toEqual({ type: 'speech', sentences: 2, sampleRate: FILE_RATES[format], speaker: null });
    expect(pieces.map(({ sentence, sentences }) => [sentence, sentences])).toEqual([[1, 2], [2, 2]]); // prettier-ignore
    const { samples, sampleRate } = decoded(format, file);
    expect(sampleRate).toBe(FILE_RATES[format]);
    const extra = samples.length / sampleRate - seconds;
    expect(extra).toBeGreaterThanOrEqual(-2 / sampleRate);
    expect(extra).toBeLessThanOrEqual(MOST_EXTRA_SECONDS[format] + 2 / sampleRate);
    expect(seconds).toBeGreaterThan(5);
  });

  it('is speech: neither silence nor noise at full scale', async () => {
    const { samples } = decoded(format, (await voice.say(TEXT, { format })).file);
    const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length) / 32768;
    expect(level).toBeGreaterThan(0.05);
    expect(level).toBeLessThan(0.15);
    expect(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeLessThan(32_700);
  });
});

it('all formats hold the same speech', async () => {
  const wav = decoded('wav', (await voice.say(TEXT)).file).samples;
  expect(decoded('flac', (await voice.say(TEXT, { format: 'flac' })).file).samples).toEqual(wav);
  const [one, other] = ['mp3', 'opus'].map((format) => loudParts(format as 'mp3' | 'opus'));
  const reference = envelope(wav, VOICE_RATE);
  for (const lossy of await Promise.all([one, other])) {
    expect(correlation(reference, lossy ?? [])).toBeGreaterThan(0.95);
  }
});

async function loudParts(format: 'mp3' | 'opus'): Promise<number[]> {
  const { samples, sampleRate } = decoded(format, (await voice.say(TEXT, { format })).file);
  return envelope(samples, sampleRate);
}

/** The loudness of each twentieth of a second. */
function envelope(samples: Int16Array, rate: number): number[] {
  const size = rate / 20;
  return Array.from({ length: Math.floor(samples.length / size) }, (_, index) => {
    const part = samples.subarray(Math.round(index * size), Math.round((index + 1) * size));
    return Math.sqrt(part.reduce((sum, sample) => sum + sample ** 2, 0) / part.length);
  });
}

/** The best of a few shifts, since LAME begins later. */
function correlation(one: readonly number[], other: readonly number[]): number {
  return Math.max(...[0, 1, 2].map((shift) => pearson(one.slice(0, -2), other.slice(shift, shift + one.length - 2))));
}

function pearson(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, otherMiddle] = [mean(one), mean(other)];
  const sum = (of: (index: number) => number): number => one.reduce((total, _, index) => total + of(index), 0);
  const a = (index: number): number => (one[index] ?? 0) - middle;
  const b = (index: number): number => (other[index] ?? 0) - otherMiddle;
  return sum((i) => a(i) * b(i)) / Math.sqrt(sum((i) => a(i) ** 2) * sum((i) => b(i) ** 2));
}
