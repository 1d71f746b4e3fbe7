/** Pictures to ask about, as RawImage. */
import { Blob } from 'node:buffer';
import sharp from 'sharp';
import { RawImage } from '@huggingface/transformers';

/** A drawing, rendered and then stored in a file format, so that what is read back has that format's losses. */
export async function rendered(svg, format) {
  return decoded(await sharp(Buffer.from(svg)).flatten()[format]({ quality: 85 }).toBuffer());
}

/** A picture of one colour. */
export async function plain(width, height, background) {
  return decoded(await sharp({ create: { width, height, channels: 3, background } }).png().toBuffer());
}

/** @param {{ data: Uint8Array, width: number, height: number }} picture RGB, row by row */
export function fromRgb({ data, width, height }) {
  return new RawImage(new Uint8ClampedArray(data), width, height, 3);
}

function decoded(buffer) {
  return RawImage.fromBlob(new Blob([buffer]));
}
