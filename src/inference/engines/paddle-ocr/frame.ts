import sharp from 'sharp';
import type { Picture } from '../../pictures/picture.js';
import type { Quad } from './geometry.js';
import type { Size } from './text-boxes.js';

/** A picture lower than this, or that much longer than high, is a line cut out of a page. */
const STRIP_PIXELS = 64;
const STRIP_RATIO = 8;
const MIN_MARGIN = 16;

/**
 * Pixels to put around a picture before the detector sees it. It finds text by what is around it, and misses a line that
 * fills its picture.
 */
export function marginOf({ width, height }: Size): number {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const isStrip = short < STRIP_PIXELS || long > STRIP_RATIO * short;
  return isStrip ? Math.max(MIN_MARGIN, Math.round(short / 2)) : 0;
}

/** The picture with a margin in the colour that most of its edge has. */
export async function framed(picture: Picture, margin: number): Promise<Picture> {
  if (margin === 0) return picture;
  const { width, height, pixels } = picture;
  const [r, g, b] = edgeColour(picture);
  const data = await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: { r, g, b } })
    .raw()
    .toBuffer();
  return { width: width + 2 * margin, height: height + 2 * margin, pixels: data };
}

/** A box of the framed picture, in the picture. */
export function unframed([a, b, c, d]: Quad, { width, height }: Size, margin: number): Quad {
  const place = ([x, y]: Quad[number]): Quad[number] => [
    Math.min(Math.max(x - margin, 0), width),
    Math.min(Math.max(y - margin, 0), height),
  ];
  return [place(a), place(b), place(c), place(d)];
}

/** The median of the outermost pixels, by channel. */
function edgeColour({ width, height, pixels }: Picture): [r: number, g: number, b: number] {
  const edge: number[] = [];
  for (let x = 0; x < width; x++) edge.push(x, (height - 1) * width + x);
  for (let y = 0; y < height; y++) edge.push(y * width, y * width + width - 1);
  const median = (channel: number): number => {
    const values = edge.map((at) => pixels[at * 3 + channel] ?? 0).sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)] ?? 0;
  };
  return [median(0), median(1), median(2)];
}
