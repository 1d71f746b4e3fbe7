import { decode } from 'bmp-ts';
import { TooManyPixels, type DecodedFile } from './decoded-file.js';
import type { Picture } from './picture.js';

/** Offset of the width in the file; the height follows. Both are signed: a negative height means top row first. */
const WIDTH_AT = 18;
/** Bits of a pixel, and how pixels are packed: of what it does not know, the decoder makes a white picture. */
const BITS_AT = 28;
const BITS = [1, 4, 8, 15, 16, 24, 32];
const PACKING_AT = 30;
const PACKINGS = [0, 1, 2, 3, 6];

/** A BMP file, which sharp cannot read. Its alpha channel is not looked at: most writers leave it undefined. */
export function readBmp(bytes: Uint8Array, maxPixels: number): DecodedFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The decoder takes the memory first and looks for the pixels then.
  const pixelCount = Math.abs(buffer.readInt32LE(WIDTH_AT) * buffer.readInt32LE(WIDTH_AT + 4));
  if (pixelCount > maxPixels) throw new TooManyPixels();
  if (pixelCount === 0) throw new Error('no pixels');
  if (!BITS.includes(buffer.readUInt16LE(BITS_AT)) || !PACKINGS.includes(buffer.readUInt32LE(PACKING_AT))) {
    throw new Error('a packing that nobody knows');
  }
  return {
    pages: 1,
    pixelsOf: () => Promise.resolve(pixelCount),
    page: () => Promise.resolve(decoded(buffer)),
  };
}

function decoded(buffer: Buffer): Picture {
  const { width, height, data } = decode(buffer, { toRGBA: true });
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = data[from] ?? 0;
    pixels[to + 1] = data[from + 1] ?? 0;
    pixels[to + 2] = data[from + 2] ?? 0;
  }
  return { width, height, pixels };
}
