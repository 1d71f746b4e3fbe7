import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { tiffOf } from '../../support/tiff.js';

const MIB = 1024 ** 2;

/** A file that is small, and much once it is unpacked or believed. */
export interface PictureBomb {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** It may be read for what it is: a picture, small or within the bounds. */
  readonly harmless?: boolean;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** An RGB picture of 8 bits. `more`: chunks before the pixels. */
export function pngOf(width: number, height: number, pixels: Uint8Array, more: readonly Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const all = [signature, chunk('IHDR', header), ...more, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat(all);
}

const zeros = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes));
const named = (name: string, data: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${name}\0\0`, 'latin1'), data]);

function pngBombs(): PictureBomb[] {
  const pixel = zeros(4);
  const texts = Array.from({ length: 20_000 }, () => chunk('tEXt', Buffer.from('a\0b')));
  return [
    { name: 'PNG of 2^31 x 2^31 pixels', bytes: pngOf(2 ** 31 - 1, 2 ** 31 - 1, pixel) },
    { name: 'PNG of no pixels', bytes: pngOf(0, 0, pixel) },
    { name: 'PNG of 30,000 x 30,000 pixels that are not there', bytes: pngOf(30_000, 30_000, pixel) },
    { name: 'PNG of 9,000 x 9,000 pixels, all there', bytes: pngOf(9000, 9000, zeros(9000 * (9000 * 3 + 1))) },
    { name: 'PNG of 7,000 x 7,000 pixels that are not there', bytes: pngOf(7000, 7000, pixel) },
    { name: 'PNG of one pixel and 256 MB', bytes: pngOf(1, 1, zeros(256 * MIB)), harmless: true },
    {
      name: 'PNG with a profile of 256 MB',
      bytes: pngOf(1, 1, pixel, [chunk('iCCP', named('icc', zeros(256 * MIB)))]),
      harmless: true,
    },
    {
      name: 'PNG with a text of 256 MB',
      bytes: pngOf(1, 1, pixel, [chunk('zTXt', named('text', zeros(256 * MIB)))]),
      harmless: true,
    },
    { name: 'PNG with 20,000 texts', bytes: pngOf(1, 1, pixel, texts), harmless: true },
    {
      name: 'PNG with a chunk of 2^31 bytes',
      bytes: Buffer.concat([
        pngOf(1, 1, pixel).subarray(0, 33),
        Buffer.from([0x7f, 0xff, 0xff, 0xff]),
        Buffer.from('IDAT'),
      ]),
    },
  ];
}

function bmp(width: number, height: number, bits: number, compression: number, colours: number): Buffer {
  const file = Buffer.alloc(1100);
  file.write('BM', 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  file.writeUInt32LE(compression, 30);
  file.writeUInt32LE(colours, 46);
  return file;
}

function bmpBombs(): PictureBomb[] {
  const big = 2 ** 31 - 1;
  return [
    { name: 'BMP of 2^31 x 2^31 pixels', bytes: bmp(big, big, 24, 0, 0) },
    { name: 'BMP of -2^31 x -2^31 pixels', bytes: bmp(-big - 1, -big - 1, 24, 0, 0) },
    { name: 'BMP of 8,000 x 8,000 pixels that are not there', bytes: bmp(8000, 8000, 24, 0, 0) },
    { name: 'BMP of 8,000 x -8,000 pixels that are not there', bytes: bmp(8000, -8000, 32, 0, 0) },
    { name: 'BMP of 64,000,000 pixels in a row', bytes: bmp(64_000_000, 1, 1, 0, 2) },
    { name: 'BMP of 8,000 x 8,000 pixels, packed', bytes: bmp(8000, 8000, 8, 1, 256) },
    { name: 'BMP of 2^32 colours', bytes: bmp(10, 10, 8, 0, 2 ** 32 - 1) },
    { name: 'BMP of 13 bits', bytes: bmp(10, 10, 13, 0, 0) },
    { name: 'BMP of a packing nobody knows', bytes: bmp(10, 10, 24, 77, 0) },
    { name: 'BMP that ends in its header', bytes: bmp(10, 10, 24, 0, 0).subarray(0, 30) },
  ];
}

function tiffBombs(): PictureBomb[] {
  const page = { width: 1, height: 1, pixels: Uint8Array.of(1, 2, 3) };
  const loop = Buffer.from(tiffOf([page, page], true));
  const first = 8;
  const next = first + 2 + loop.readUInt16LE(first) * 12;
  loop.writeUInt32LE(first, loop.readUInt32LE(next) + 2 + loop.readUInt16LE(first) * 12); // the second leads to the first
  const sized = (width: number, height: number): Buffer => {
    const file = Buffer.from(tiffOf([page], true));
    file.writeUInt32LE(width, first + 2 + 8);
    file.writeUInt32LE(height, first + 2 + 12 + 8);
    return file;
  };
  const entries = Buffer.from(tiffOf([page], true));
  entries.writeUInt16LE(0xffff, first);
  return [
    { name: 'TIFF whose pages go round in a circle', bytes: loop, harmless: true },
    {
      name: 'TIFF of 10,000 pages',
      bytes: tiffOf(
        Array.from({ length: 10_000 }, () => page),
        true,
      ),
    },
    { name: 'TIFF of 2^32 x 2^32 pixels', bytes: sized(2 ** 32 - 1, 2 ** 32 - 1) },
    { name: 'TIFF of 8,000 x 8,000 pixels that are not there', bytes: sized(8000, 8000) },
    { name: 'TIFF of 65,535 entries', bytes: entries },
    {
      name: 'TIFF that begins behind its end',
      bytes: Buffer.from([0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]),
    },
  ];
}

const PLAIN = { width: 16, height: 16, channels: 3, background: '#fff' } as const;

/** A JPEG file whose frame says that it is larger than it is. */
async function jpegOf(width: number, height: number): Promise<Buffer> {
  const file = await sharp({ create: PLAIN }).jpeg().toBuffer();
  const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
  file.writeUInt16BE(height, frame + 5);
  file.writeUInt16BE(width, frame + 7);
  return file;
}

/** A WebP animation whose canvas is as large as can be. */
async function webpOf(frames: number, canvas: number): Promise<Buffer> {
  const pages = await sharp({
    create: { ...PLAIN, height: 16 * frames, background: '#fff', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  })
    .raw()
    .toBuffer();
  const file = await sharp(pages, { raw: { width: 16, height: 16 * frames, channels: 3, pageHeight: 16 } })
    .webp({ loop: 0 })
    .toBuffer();
  const at = file.indexOf('VP8X');
  if (at > 0 && canvas > 0) {
    file.writeUIntLE(canvas - 1, at + 12, 3);
    file.writeUIntLE(canvas - 1, at + 15, 3);
  }
  return file;
}

const LAUGHS = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">${'bcdefghij'
  .split('')
  .map((name, n) => `<!ENTITY ${name} "${`&${'abcdefghi'.charAt(n)};`.repeat(10)}">`)
  .join('')}]><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>`;

export async function pictureBombs(): Promise<PictureBomb[]> {
  return [
    ...pngBombs(),
    ...bmpBombs(),
    ...tiffBombs(),
    { name: 'JPEG of 65,500 x 65,500 pixels', bytes: await jpegOf(65_500, 65_500) },
    { name: 'JPEG of 8,000 x 7,900 pixels that are not there', bytes: await jpegOf(8000, 7900), harmless: true },
    { name: 'WebP of 300 frames', bytes: await webpOf(300, 0), harmless: true },
    { name: 'WebP of 2^24 x 2^24 pixels', bytes: await webpOf(3, 2 ** 24) },
    { name: 'SVG', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>') },
    { name: 'SVG that laughs', bytes: Buffer.from(LAUGHS) },
    {
      name: 'SVG of a million pixels a side',
      bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1000000" height="1000000"/>'),
    },
    { name: 'SVG that says BM', bytes: Buffer.from(`BM${LAUGHS}`) },
    { name: 'gzip of noughts', bytes: zeros(100 * MIB) },
  ];
}
