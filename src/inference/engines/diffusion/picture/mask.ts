import sharp from 'sharp';
import { openPicture } from '../../../pictures/picture-file.js';
import type { Picture } from '../../../pictures/picture.js';
import type { Size } from '../planes.js';

/** Where new is to be drawn: 255, and 0 where the source is kept; between them both show. */
export interface Mask extends Size {
  /** One byte a pixel. */
  readonly levels: Uint8Array;
}

/** Levels this near to an end are meant as the end: JPEG and scaling leave some noise. */
const TOLERANCE = 8;

/** Reads a picture file that is transparent where new is to be drawn, or white if none of it is. Throws `invalid_request`. */
export async function readMask(bytes: Uint8Array, size: Size): Promise<Mask> {
  const file = await openPicture(bytes); // looks at format and bounds first
  const picture = await file.page(0);
  const transparency = file.format === 'bmp' ? null : await transparencyOf(bytes);
  return stretchedMask(transparency ?? brightnessOf(picture), size);
}

/** Null for a picture that is opaque everywhere. */
async function transparencyOf(bytes: Uint8Array): Promise<Mask | null> {
  const { hasAlpha } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (!hasAlpha) return null;
  const { data, info } = await sharp(bytes, { limitInputPixels: false })
    .autoOrient()
    .ensureAlpha()
    .extractChannel('alpha')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const levels = Uint8Array.from(data, (alpha) => 255 - alpha);
  return levels.every((level) => level === 0) ? null : { width: info.width, height: info.height, levels };
}

/** ITU-R BT.601. */
function brightnessOf({ width, height, pixels }: Picture): Mask {
  const levels = new Uint8Array(width * height);
  for (let i = 0; i < levels.length; i++) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(3 * i, 3 * i + 3);
    levels[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return { width, height, levels };
}

async function stretchedMask({ width, height, levels }: Mask, to: Size): Promise<Mask> {
  const data = await sharp(levels, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .resize(to.width, to.height, { fit: 'fill', kernel: 'linear' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  return { width: to.width, height: to.height, levels: Uint8Array.from(data, atEnds) };
}

function atEnds(level: number): number {
  if (level <= TOLERANCE) return 0;
  return level >= 255 - TOLERANCE ? 255 : level;
}

/** 1 for each latent cell that new is drawn in anywhere, else 0. Cells past the mask's edge are like those at it. */
export function cellsOf(mask: Mask, factor: number, cells: Size): Float32Array {
  const drawn = new Float32Array(cells.width * cells.height);
  for (let row = 0; row < cells.height; row++) {
    for (let column = 0; column < cells.width; column++) {
      if (isDrawn(mask, column * factor, row * factor, factor)) drawn[row * cells.width + column] = 1;
    }
  }
  return drawn;
}

function isDrawn({ width, height, levels }: Mask, left: number, top: number, factor: number): boolean {
  for (let y = top; y < top + factor; y++) {
    for (let x = left; x < left + factor; x++) {
      if ((levels[Math.min(y, height - 1) * width + Math.min(x, width - 1)] ?? 0) > 0) return true;
    }
  }
  return false;
}

/** What was drawn where the mask says so, and the source's own pixels everywhere else. */
export function restored(drawn: Picture, source: Picture, { levels }: Mask): Picture {
  const pixels = new Uint8Array(drawn.pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const share = (levels[Math.floor(i / 3)] ?? 0) / 255;
    pixels[i] = Math.round(share * (drawn.pixels[i] ?? 0) + (1 - share) * (source.pixels[i] ?? 0));
  }
  return { ...drawn, pixels };
}

/** `a` where the cells are 1, `b` where they are 0, in every channel. */
export function blended(a: Float32Array, b: Float32Array, cells: Float32Array): Float32Array {
  return a.map((value, i) => {
    const share = cells[i % cells.length] ?? 1;
    return share * value + (1 - share) * (b[i] ?? 0);
  });
}
