import { encode } from 'bmp-ts';
import sharp, { type Sharp } from 'sharp';
import { tiffOf, type TiffPage } from './tiff.js';

const FONT_SIZE = 36;
const LINE_HEIGHT = 64;
const MARGIN = 40;

/** Text printed in black on a white page. */
export function printed(lines: readonly string[], width = 800): Sharp {
  const texts = lines.map((line, at) => {
    const y = MARGIN + FONT_SIZE + at * LINE_HEIGHT;
    return `<text x="${String(MARGIN)}" y="${String(y)}" font-family="DejaVu Sans" font-size="${String(FONT_SIZE)}">${escaped(line)}</text>`;
  });
  const height = 2 * MARGIN + lines.length * LINE_HEIGHT;
  const size = `width="${String(width)}" height="${String(height)}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect width="100%" height="100%" fill="#fff"/>${texts.join('')}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' });
}

/** A page as the makers of BMP and TIFF files here take it. */
export async function pixelsOf(picture: Sharp): Promise<TiffPage> {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
}

export function bmpOf({ width, height, pixels }: TiffPage, bitPP: 24 | 32 = 24): Uint8Array {
  const abgr = Buffer.alloc(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    abgr.set([255, pixels[at * 3 + 2] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3] ?? 0], at * 4);
  }
  return encode({ data: abgr, width, height, bitPP }).data;
}

/** The same printed page in every format that is read. */
export async function inEveryFormat(lines: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const page = printed(lines);
  const raw = await pixelsOf(page.clone());
  return new Map<string, Uint8Array>([
    ['jpeg', await page.clone().jpeg({ quality: 90 }).toBuffer()],
    ['cmyk.jpeg', await page.clone().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
    ['png', await page.clone().png().toBuffer()],
    ['16-bit.png', await page.clone().toColourspace('rgb16').png().toBuffer()],
    ['webp', await page.clone().webp().toBuffer()],
    ['bmp', bmpOf(raw)],
    ['tiff', tiffOf([raw], true)],
    ['big-endian.tiff', tiffOf([raw], false)],
  ]);
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
