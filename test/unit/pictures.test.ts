import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { openPicture, openPictures, MAX_PAGES } from '../../src/inference/pictures/picture-file.js';
import type { Picture } from '../../src/inference/pictures/picture.js';
import { bmpOf } from '../support/printed.js';
import { tiffOf, type TiffPage } from '../support/tiff.js';

const RED = [220, 30, 35] as const;
const BLUE = [30, 70, 210] as const;

/** Red on the left, blue on the right: 6 × 2 pixels. */
const STRIPES: TiffPage = {
  width: 6,
  height: 2,
  pixels: Uint8Array.from(Array.from({ length: 12 }, (_, at) => (at % 6 < 3 ? RED : BLUE)).flat()),
};

function stripes(): Sharp {
  const { width, height, pixels } = STRIPES;
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

function pixelOf({ pixels, width }: Picture, x: number, y: number): number[] {
  const at = (y * width + x) * 3;
  return [...pixels.subarray(at, at + 3)];
}

async function firstPage(bytes: Uint8Array): Promise<Picture> {
  return (await openPicture(bytes)).page(0);
}

function expectNear(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  found.forEach((value, channel) => expect(Math.abs(value - (wanted[channel] ?? NaN))).toBeLessThanOrEqual(tolerance));
  expect(found).toHaveLength(wanted.length);
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ParleyError)) throw new Error('it was not refused');
  expect(error.code).toBe('invalid_request');
  return error.message;
}

describe('a picture file', () => {
  it.each<[string, number, () => Promise<Uint8Array>]>([
    ['jpeg', 12, () => stripes().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['jpeg', 70, () => stripes().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()],
    ['png', 0, () => stripes().png().toBuffer()],
    ['png', 0, () => stripes().png({ palette: true }).toBuffer()],
    ['png', 1, () => stripes().toColourspace('rgb16').png().toBuffer()],
    ['webp', 0, () => stripes().webp({ lossless: true }).toBuffer()],
    ['tiff', 0, () => stripes().tiff({ compression: 'lzw' }).toBuffer()],
    ['tiff', 0, () => Promise.resolve(tiffOf([STRIPES], true))],
    ['tiff', 0, () => Promise.resolve(tiffOf([STRIPES], false))],
    ['bmp', 0, () => Promise.resolve(bmpOf(STRIPES))],
    ['bmp', 0, () => Promise.resolve(bmpOf(STRIPES, 32))],
  ])('is read by its content: %s', async (format, tolerance, make) => {
    const file = await openPicture(await make());
    const page = await file.page(0);
    expect({ format: file.format, pages: file.pages, width: page.width, height: page.height }).toEqual({
      format,
      pages: 1,
      width: 6,
      height: 2,
    });
    expect(page.pixels).toHaveLength(6 * 2 * 3);
    expectNear(pixelOf(page, 0, 1), RED, tolerance);
    expectNear(pixelOf(page, 5, 0), BLUE, tolerance);
  });

  it('may be grey', async () => {
    const page = await firstPage(await stripes().greyscale().png().toBuffer());
    const [red, green, blue] = pixelOf(page, 0, 0);
    expect([green, blue]).toEqual([red, red]);
  });

  it('is white where it is transparent', async () => {
    const clear = sharp({ create: { width: 2, height: 2, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    expect(pixelOf(await firstPage(await clear.png().toBuffer()), 1, 1)).toEqual([255, 255, 255]);
  });

  it('is turned upright, as its EXIF data say', async () => {
    const turned = await stripes().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    const page = await firstPage(turned);
    expect([page.width, page.height]).toEqual([2, 6]);
    expectNear(pixelOf(page, 0, 0), RED, 20);
    expectNear(pixelOf(page, 0, 5), BLUE, 20);
  });

  it.each([true, false])('has pages of different sizes, as TIFF (little-endian: %s)', async (littleEndian) => {
    const dot: TiffPage = { width: 1, height: 1, pixels: Uint8Array.from(BLUE) };
    const file = await openPicture(tiffOf([STRIPES, dot], littleEndian));
    expect(file.pages).toBe(2);
    expect(await file.page(1)).toEqual({ width: 1, height: 1, pixels: Uint8Array.from(BLUE) });
    expect((await file.page(0)).width).toBe(6);
  });
});

describe('what is refused', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('BMW and other words')],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ])('%s', async (_, bytes) => {
    expect(await refusalOf(openPicture(bytes))).toBe(
      'The picture cannot be read: it is neither JPEG, PNG, BMP, TIFF nor WebP.',
    );
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ['JPEG', () => stripes().resize(200, 200).jpeg().toBuffer()],
    ['PNG', () => stripes().resize(200, 200, { kernel: 'cubic' }).png().toBuffer()],
    ['TIFF', () => Promise.resolve(tiffOf([STRIPES], true))],
    ['BMP', () => Promise.resolve(bmpOf(STRIPES))],
  ])('half of a %s', async (_, make) => {
    const whole = await make();
    const half = whole.subarray(0, Math.floor(whole.length / 2));
    expect(await refusalOf(firstPage(half))).toBe('The picture cannot be read: it is damaged or incomplete.');
  });

  it('a small file of many pixels, before they are unfolded', async () => {
    const huge = sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#ffffff' } });
    const file = await huge.png({ compressionLevel: 9 }).toBuffer();
    expect(file.length).toBeLessThan(1_000_000);
    expect(await refusalOf(firstPage(file))).toBe('The picture cannot be read: it has more than 64 million pixels.');
  });

  it('a BMP that says it has many pixels, before memory is taken', async () => {
    const lying = Buffer.from(bmpOf(STRIPES));
    lying.writeInt32LE(200_000_000, 18);
    expect(await refusalOf(openPicture(lying))).toBe('The picture cannot be read: it has more than 64 million pixels.');
  });

  it('more pages than anybody reads', async () => {
    const dot: TiffPage = { width: 1, height: 1, pixels: Uint8Array.from(BLUE) };
    const file = tiffOf(
      Array.from({ length: MAX_PAGES + 1 }, () => dot),
      true,
    );
    expect(await refusalOf(openPicture(file))).toBe(
      'The picture cannot be read: it has 101 pages, and 100 is the most.',
    );
  });
});

describe('the pictures of one request', () => {
  it('are bounded in pixels together, before one of them is decoded', async () => {
    const page = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const files = (count: number): Uint8Array[] => Array.from({ length: count }, () => page);
    expect(await openPictures(files(15))).toHaveLength(15);
    expect(await refusalOf(openPictures(files(16)))).toContain('more than 1000 million pixels together');
  });
});
