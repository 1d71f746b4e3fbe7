import sharp from 'sharp';

/** The words of the starter models' world of shapes, as tools/starter-models/world/words.py has them. */
export const COLOURS = {
  red: [220, 30, 35],
  orange: [250, 140, 10],
  yellow: [250, 225, 40],
  green: [30, 150, 55],
  blue: [30, 70, 210],
  purple: [125, 40, 165],
  pink: [250, 145, 195],
  brown: [115, 65, 25],
  black: [18, 18, 18],
  white: [245, 245, 245],
} as const;
export const SHAPES = ['circle', 'square', 'triangle', 'star', 'heart', 'cross'] as const;

export type Colour = keyof typeof COLOURS;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel. */
  readonly rgb: Uint8Array;
}

/** A part of a picture by its colour: for each pixel whether it is of it. */
export interface Region {
  readonly width: number;
  readonly mask: readonly boolean[];
}

export async function pixelsOf(file: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: new Uint8Array(data) };
}

/** Format and size of a picture file, and what a PNG says in its text chunks. */
export async function factsOf(
  file: Uint8Array,
): Promise<{ format: string; width: number; height: number; texts: Record<string, string> }> {
  const { format, width, height, comments = [] } = await sharp(file).metadata();
  return { format, width, height, texts: Object.fromEntries(comments.map(({ keyword, text }) => [keyword, text])) };
}

/** Where a picture is of a colour, by the nearest that has a name. */
export function regionOf({ width, rgb }: Pixels, colour: Colour): Region {
  const mask = Array.from({ length: rgb.length / 3 }, (_, at) => nameAt(rgb, at) === colour);
  return { width, mask };
}

/** Pixels of a region, of all pixels. */
export function shareOf({ mask }: Region): number {
  return mask.filter(Boolean).length / mask.length;
}

/** How much two regions are the same: intersection over union. */
export function overlapOf(a: Region, b: Region): number {
  let both = 0;
  let either = 0;
  for (const [at, inA] of a.mask.entries()) {
    const inB = b.mask[at] === true;
    if (inA && inB) both++;
    if (inA || inB) either++;
  }
  return either === 0 ? 0 : both / either;
}

/** How many pixels, of those that `isMeant` names, differ at all. */
export function differing(a: Pixels, b: Pixels, isMeant: (x: number, y: number) => boolean): number {
  let count = 0;
  for (let at = 0; at < a.width * a.height; at++) {
    if (!isMeant(at % a.width, Math.floor(at / a.width))) continue;
    if ([0, 1, 2].some((channel) => a.rgb[3 * at + channel] !== b.rgb[3 * at + channel])) count++;
  }
  return count;
}

function nameAt(rgb: Uint8Array, at: number): Colour {
  const distance = (name: Colour): number =>
    Math.hypot(...COLOURS[name].map((level, channel) => level - (rgb[3 * at + channel] ?? 0)));
  return NAMES.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

const NAMES = Object.keys(COLOURS) as Colour[];
