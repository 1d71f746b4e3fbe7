import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { Picture } from '../../../pictures/picture.js';

/** Bytes before the first chunk, and of the first, IHDR: length, type, 13 bytes of content and CRC. */
const SIGNATURE_BYTES = 8;
const HEADER_BYTES = 4 + 4 + 13 + 4;

export async function pngOf({ width, height, pixels }: Picture): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .png()
    .toBuffer();
}

/**
 * A PNG file with a text beside its pixels, which viewers show under `keyword`: an iTXt chunk, uncompressed, since texts in
 * tEXt are Latin-1 (PNG specification, third edition, 11.3.3.4).
 */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const end = SIGNATURE_BYTES + HEADER_BYTES;
  // Keyword, its end, not compressed, no method; then language and translated keyword, both empty, each with its end.
  const content = Buffer.concat([Buffer.from(keyword, 'latin1'), Buffer.from([0, 0, 0, 0, 0]), Buffer.from(text)]);
  const body = Buffer.concat([Buffer.from('iTXt', 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, end), length, body, checksum, png.subarray(end)]);
}
