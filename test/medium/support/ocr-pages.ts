import sharp, { type Sharp } from 'sharp';
import { tiffOf, type TiffPage } from '../../support/tiff.js';

/** A line of text on a page, at its baseline; sizes in pixels, `turn` in degrees about its beginning. */
export interface PrintedLine {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly turn?: number;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly paper?: string;
  readonly ink?: string;
}

/** Lines printed black on white. */
export function printed(lines: readonly PrintedLine[], options: PageOptions = {}): Sharp {
  const { width = 800, height = 500, paper = '#fff', ink = '#111' } = options;
  const texts = lines.map(({ text, x, y, size = 28, turn = 0 }) => {
    const at = `x="${String(x)}" y="${String(y)}"`;
    const turned = `transform="rotate(${String(turn)} ${String(x)} ${String(y)})"`;
    return `<text ${at} ${turned} font-family="DejaVu Sans" font-size="${String(size)}" fill="${ink}">${text}</text>`;
  });
  const size = `width="${String(width)}" height="${String(height)}"`;
  const sheet = `<rect width="100%" height="100%" fill="${paper}"/>`;
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${size}>${sheet}${texts.join('')}</svg>`));
}

/** Lines below each other. */
export function paragraph(texts: readonly string[], x = 50, y = 70, size = 28): PrintedLine[] {
  return texts.map((text, index) => ({ text, x, y: y + index * size * 1.7, size }));
}

/** A file of several pages. */
export async function tiff(pages: readonly Sharp[]): Promise<Uint8Array> {
  const raw = await Promise.all(
    pages.map(async (page): Promise<TiffPage> => {
      const { data, info } = await page.flatten().removeAlpha().raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, pixels: data };
    }),
  );
  return tiffOf(raw, true);
}

/** Characters that have to be changed, added or left out to make one text of the other, for each of the printed one. */
export function errorRate(read: readonly string[], text: readonly string[]): number {
  const [a, b] = [[...read.join('\n')], [...text.join('\n')]];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  a.forEach((symbol, i) => {
    const next = [i + 1];
    b.forEach((other, j) => {
      const changed = (row[j] ?? 0) + (symbol === other ? 0 : 1);
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, changed));
    });
    row = next;
  });
  return (row[b.length] ?? 0) / b.length;
}
