import { describe, expect, it } from 'vitest';
import { createEncoder, fileRate } from '../../src/inference/audio/encoders.js';
import { wavSizes } from '../../src/inference/audio/wav-sizes.js';
import { AUDIO_FORMATS, type AudioFormat } from '../../src/inference/speech-tasks.js';
import { inParts, tone } from './support/speech-sounds.js';

const RATE = 22_050;

async function encoded(format: AudioFormat, parts: readonly Float32Array[], rate = RATE): Promise<Buffer> {
  const encoder = await createEncoder(format, rate);
  const bytes = [encoder.header(), ...parts.map((part) => encoder.encode(part)), encoder.end()];
  encoder.close();
  return Buffer.concat(bytes);
}

it.each(AUDIO_FORMATS)('%s is the same file however its sound comes', async (format) => {
  const sound = tone(440, 1.5, RATE);
  const file = await encoded(format, [sound]);
  const other = await encoded(format, inParts(sound));
  // Opus makes a page of what is there; the others must not differ at all.
  if (format !== 'opus') expect(other.equals(file)).toBe(true);
  expect(file.length).toBeGreaterThan(8000 * 0.5);
  expect((await encoded(format, [sound])).equals(file)).toBe(true);
});

it.each(AUDIO_FORMATS)('%s of no sound at all is made without a failure', async (format) => {
  expect((await encoded(format, [])).length).toBeLessThan(2000);
});

it.each([
  ['wav', 22_050, 22_050],
  ['flac', 16_000, 16_000],
  ['mp3', 22_050, 22_050],
  ['mp3', 20_000, 22_050],
  ['mp3', 96_000, 48_000],
  ['opus', 22_050, 48_000],
  ['pcm', 16_000, 24_000],
] as const)('%s of a voice of %i hertz has %i', (format, voice, file) => {
  expect(fileRate(format, voice)).toBe(file);
});

describe('wav', () => {
  it('says while it streams that its length is not known, and can be mended', async () => {
    const sound = tone(440, 0.1, RATE);
    const file = await encoded('wav', [sound]);
    expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([file.readUInt32LE(4), file.readUInt32LE(40)]).toEqual([0xffffffff, 0xffffffff]);
    const mended = Buffer.from(file);
    for (const { at, bytes } of wavSizes(file.length)) mended.set(bytes, at);
    expect([mended.readUInt32LE(4), mended.readUInt32LE(40)]).toEqual([file.length - 8, 2 * sound.length]);
    expect(mended.subarray(44).equals(file.subarray(44))).toBe(true);
    expect([mended.readUInt16LE(22), mended.readUInt32LE(24), mended.readUInt16LE(34)]).toEqual([1, RATE, 16]);
  });

  it('holds the samples, and cuts what is too loud', async () => {
    const file = await encoded('wav', [Float32Array.of(0, 0.5, -0.5, 1, -1, 3, -3)]);
    const samples = Array.from({ length: 7 }, (_, index) => file.readInt16LE(44 + 2 * index));
    expect(samples).toEqual([0, 16384, -16383, 32767, -32767, 32767, -32767]);
  });
});

it('pcm is 24 kHz whatever the voice has', async () => {
  expect((await encoded('pcm', [tone(440, 1, RATE)])).length).toBe(2 * 24_000);
  expect((await encoded('pcm', [tone(440, 1, 24_000)], 24_000)).length).toBe(2 * 24_000);
});

it('mp3 is frames of one size from the first byte on', async () => {
  const file = await encoded('mp3', [tone(440, 1, RATE)]);
  expect(file.readUInt16BE(0) & 0xfffe).toBe(0xfff2); // MPEG 2, layer III
  expect(file.length / (64_000 / 8)).toBeGreaterThan(0.99);
  expect(file.length / (64_000 / 8)).toBeLessThan(1.12);
});

it('opus names itself, and ends its stream', async () => {
  const file = await encoded('opus', [tone(440, 1, 48_000)], 48_000);
  expect(file.toString('latin1', 0, 4)).toBe('OggS');
  expect(file.toString('latin1', 28, 36)).toBe('OpusHead');
  const last = file.lastIndexOf('OggS');
  expect(file.readUInt8(last + 5) & 4).toBe(4);
  expect(Number(file.readBigUInt64LE(last + 6)) - file.readUInt16LE(38)).toBe(48_000);
});
