import type { Picture } from '../../pictures/picture.js';
import type { Corner } from '../../tasks.js';
import { sidesOf, type Quad } from './geometry.js';
import type { BoxRead } from './line-directions.js';

/** Below this mean confidence a page may lie on its side … */
const DOUBTFUL = 0.85;
/** … if less than this share of its boxes, by length, are lines: so much longer than high. */
const LINE_SHARE = 0.5;
const LINE_RATIO = 2.5;

/**
 * Whether a page may lie on its side. Not every detector finds lines that run up or down: some find their characters one
 * by one, and the recogniser makes little sense of those.
 */
export function looksSideways(read: readonly BoxRead[]): boolean {
  if (read.length === 0) return false;
  let [all, lines] = [0, 0];
  for (const { width, height } of read.map(({ box }) => sidesOf(box))) {
    all += Math.max(width, height);
    if (width >= LINE_RATIO * height) lines += width;
  }
  return lines < LINE_SHARE * all && sense(read) < DOUBTFUL * characters(read);
}

/** How much was read, and how surely: to tell which of two readings of a page is the better one. */
export function sense(read: readonly BoxRead[]): number {
  return read.reduce((sum, { reading }) => sum + reading.text.length * reading.confidence, 0);
}

/** The page turned clockwise by 90°. */
export function turnedPage({ width, height, pixels }: Picture): Picture {
  const turned = new Uint8Array(pixels.length);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += 3) {
      const to = (x * height + height - 1 - y) * 3;
      turned[to] = pixels[from] ?? 0;
      turned[to + 1] = pixels[from + 1] ?? 0;
      turned[to + 2] = pixels[from + 2] ?? 0;
    }
  }
  return { width: height, height: width, pixels: turned };
}

/** A box on a {@link turnedPage}, on the page of this height. */
export function turnedBack([a, b, c, d]: Quad, height: number): Quad {
  const place = ([x, y]: Corner): Corner => [y, height - x];
  return [place(a), place(b), place(c), place(d)];
}

function characters(read: readonly BoxRead[]): number {
  return read.reduce((sum, { reading }) => sum + reading.text.length, 0);
}
