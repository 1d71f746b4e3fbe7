import { decode } from 'bmp-ts';
import { TooManyPixels, type DecodedFile } from './decoded-file.js';

/** Offset of the width in the file; the height follows. Both are signed: a negative height means top row first. */
const WIDTH_AT = 18;

/** A BMP file, which sharp cannot read. Its alpha channel is not looked at: most writers leave it undefined. */
export function readBmp(bytes: Uint8Array, maxPixels: number): DecodedFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The decoder takes the memory first and looks for the pixels then.
  const pixelCount = Math.abs(buffer.readInt32LE(WIDTH_AT) * buffer.readInt32LE(WIDTH_AT + 4));
  if (pixelCount > maxPixels) throw new TooManyPixels();
  if (pixelCount === 0) throw new Error('no pixels');
  const { width, height, data } = decode(buffer, { toRGBA: true });
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels.set(data.subarray(from, from + 3), to);
  }
  return { pages: 1, page: () => Promise.resolve({ width, height, pixels }) };
}
