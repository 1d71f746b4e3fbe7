import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { blended, cellsOf, readMask, restored } from '../../src/inference/engines/diffusion/picture/mask.js';
import {
  cropped,
  extended,
  stretched,
  toPixels,
  toPlanes,
} from '../../src/inference/engines/diffusion/picture/pixels.js';
import { pngOf, withText } from '../../src/inference/engines/diffusion/picture/png-file.js';
import { averaged } from '../../src/inference/engines/diffusion/picture/preview.js';
import type { Picture } from '../../src/inference/pictures/picture.js';

const SIZE = { width: 16, height: 8 };

function plain(level: number): Picture {
  return { ...SIZE, pixels: new Uint8Array(3 * SIZE.width * SIZE.height).fill(level) };
}

/** Chunks of a PNG file: type and content. Throws where a checksum is wrong. */
function chunksOf(png: Uint8Array): { type: string; content: Buffer }[] {
  const bytes = Buffer.from(png);
  const chunks: { type: string; content: Buffer }[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    if (crc32(body) !== bytes.readUInt32BE(at + 8 + length)) throw new Error('a checksum is wrong');
    chunks.push({ type: body.toString('latin1', 0, 4), content: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

describe('a PNG file with a text', () => {
  const text = 'красный круг\nSteps: 4, Sampler: DDIM';

  it('says it in an iTXt chunk after the header', async () => {
    const chunks = chunksOf(withText(await pngOf(plain(7)), 'parameters', text));
    expect(chunks.map(({ type }) => type).slice(0, 2)).toEqual(['IHDR', 'iTXt']);
    expect(chunks.at(-1)?.type).toBe('IEND');
    const content = chunks[1]?.content ?? Buffer.alloc(0);
    expect(content.toString('latin1', 0, 15)).toBe('parameters\0\0\0\0\0');
    expect(content.toString('utf8', 15)).toBe(text);
  });

  it('is read by others, with the same pixels', async () => {
    const png = withText(await pngOf(plain(7)), 'parameters', text);
    const { comments, width, height } = await sharp(png).metadata();
    expect(comments).toEqual([expect.objectContaining({ text })]);
    expect({ width, height }).toEqual(SIZE);
    const pixels = await sharp(png).raw().toBuffer();
    expect(pixels.every((level) => level === 7)).toBe(true);
  });
});

describe('a mask', () => {
  const halves = (left: number, right: number, channels: 1 | 4): Promise<Uint8Array> => {
    const raw = Buffer.alloc(SIZE.width * SIZE.height * channels, 255);
    for (let i = 0; i < SIZE.width * SIZE.height; i++) {
      raw[i * channels + channels - 1] = i % SIZE.width < SIZE.width / 2 ? left : right;
    }
    return sharp(raw, { raw: { ...SIZE, channels } })
      .png()
      .toBuffer();
  };
  const columnsOf = ({ levels }: { levels: Uint8Array }): (number | undefined)[] => [levels[0], levels[SIZE.width - 1]];

  it('asks for new where it is transparent, whatever colour is opaque', async () => {
    expect(columnsOf(await readMask(await halves(0, 255, 4), SIZE))).toEqual([255, 0]);
  });

  it('asks for new where it is white, if it is opaque', async () => {
    expect(columnsOf(await readMask(await halves(0, 255, 1), SIZE))).toEqual([0, 255]);
    const opaque = await sharp(await halves(0, 255, 1)).ensureAlpha().png().toBuffer(); // prettier-ignore
    expect(columnsOf(await readMask(opaque, SIZE))).toEqual([0, 255]);
  });

  it('takes nearly black and nearly white for the ends', async () => {
    expect(columnsOf(await readMask(await halves(5, 250, 1), SIZE))).toEqual([0, 255]);
    expect(columnsOf(await readMask(await halves(100, 250, 1), SIZE))).toEqual([100, 255]);
  });

  it('is stretched to the picture', async () => {
    const mask = await readMask(await halves(0, 255, 1), { width: 64, height: 64 });
    expect(mask.levels).toHaveLength(64 * 64);
    expect([mask.levels[0], mask.levels[63]]).toEqual([0, 255]);
  });

  it('that is no picture is refused', async () => {
    await expect(readMask(Buffer.from('not a picture'), SIZE)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('draws every cell that it touches', () => {
    const levels = new Uint8Array(16 * 8);
    levels[3 * 16 + 9] = 1; // one pixel, in the right cell
    expect([...cellsOf({ ...SIZE, levels }, 8, { width: 2, height: 1 })]).toEqual([0, 1]);
    // A cell past the picture is like its edge.
    levels[7 * 16 + 15] = 1;
    expect([...cellsOf({ ...SIZE, levels }, 8, { width: 3, height: 2 })]).toEqual([0, 1, 1, 0, 1, 1]);
  });

  it('gives the source back, exactly, where nothing was asked', () => {
    const levels = Uint8Array.from({ length: 16 * 8 }, (_, i) => (i % 16 < 8 ? 0 : i % 16 === 8 ? 51 : 255));
    const { pixels } = restored(plain(200), plain(100), { ...SIZE, levels });
    expect([pixels[0], pixels[3 * 7], pixels[3 * 8], pixels[3 * 15]]).toEqual([100, 100, 120, 200]);
  });

  it('keeps latent cells in all channels', () => {
    const cells = Float32Array.of(1, 0);
    expect([...blended(Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), cells)]).toEqual([1, 6, 3, 8]);
  });
});

describe('pixels', () => {
  it('come back from colours as they were', () => {
    const picture = { ...SIZE, pixels: Uint8Array.from({ length: 3 * 128 }, (_, i) => i % 256) };
    expect(toPixels(toPlanes(picture))).toEqual(picture);
  });

  it('are cut off beyond black and white', () => {
    const data = Float32Array.of(-3, 0, 3);
    expect([...toPixels({ data, channels: 3, width: 1, height: 1 }).pixels]).toEqual([0, 128, 255]);
  });

  it('are extended by their edge and cropped back', () => {
    const pixels = Uint8Array.from([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    const picture = { width: 2, height: 2, pixels };
    const larger = extended(picture, { width: 3, height: 3 });
    expect([...larger.pixels].filter((_, i) => i % 3 === 0)).toEqual([1, 2, 2, 3, 4, 4, 3, 4, 4]);
    expect(cropped(larger, { width: 2, height: 2 })).toEqual(picture);
  });

  it('are stretched without regard to proportions', async () => {
    const { width, height, pixels } = await stretched(plain(9), { width: 5, height: 40 });
    expect({ width, height, length: pixels.length }).toEqual({ width: 5, height: 40, length: 600 });
    expect(pixels.every((level) => level === 9)).toBe(true);
  });

  it('of latents are averaged', () => {
    const latent = { data: Float32Array.of(1, 3, 5, 7, 2, 2, 2, 2), channels: 2, width: 2, height: 2 };
    expect([...averaged(latent, { width: 1, height: 1 }).data]).toEqual([4, 2]);
    expect([...averaged(latent, { width: 2, height: 1 }).data]).toEqual([3, 5, 2, 2]);
  });
});
