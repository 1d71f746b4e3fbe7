import { ParleyError } from '../../errors.js';
import type { Size } from './planes.js';

/** Which sizes a model draws. All in pixels. */
export interface SizeLimits {
  /** Sides are multiples of this: what one latent cell stands for. */
  readonly unit: number;
  /** Longest side that can be asked for. */
  readonly longest: number;
  /** Most pixels that the UNet is given; larger pictures are drawn with so many and enlarged. */
  readonly drawnPixels: number;
  /** The UNet takes multiples of this alone; a multiple of {@link unit}. */
  readonly granularity: number;
}

/** How a picture of some size is drawn. */
export interface Canvas {
  /** Of the finished picture. */
  readonly picture: Size;
  /** Of what is drawn of it; smaller than {@link picture} where that is enlarged afterwards. */
  readonly drawn: Size;
  /** Of what the UNet and the autoencoder are given: {@link drawn} lies at its top left, the rest is cut off. */
  readonly padded: Size;
}

const SHORTEST = 64;
/** The longest side that every model can be asked for: the usual default of what asks. */
const ALWAYS_TAKEN = 1024;
/** A UNet draws well somewhat beyond the size that it was trained on, then repeats itself; attention takes its square. */
const DRAWN_BEYOND_OWN = 1.5;

/** @param maxSize What the model says of itself: longest side that it draws. */
export function sizeLimits(unit: number, granularity: number, ownSize: number, maxSize: number | null): SizeLimits {
  if (maxSize !== null) return { unit, granularity, longest: maxSize, drawnPixels: maxSize ** 2 };
  return {
    unit,
    granularity,
    longest: Math.max(ALWAYS_TAKEN, 2 * ownSize),
    drawnPixels: DRAWN_BEYOND_OWN * ownSize ** 2,
  };
}

/** Throws `invalid_request` that names `size`. */
export function canvasFor({ width, height }: Size, limits: SizeLimits): Canvas {
  const { unit, longest, drawnPixels, granularity } = limits;
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side % unit !== 0 || side < SHORTEST || side > longest) {
      const allowed = `multiples of ${String(unit)} from ${String(SHORTEST)} to ${String(longest)}`;
      const message = `A picture of ${sizeName({ width, height })} pixels cannot be drawn: this model takes ${allowed}.`;
      throw new ParleyError('invalid_request', message, { param: 'size' });
    }
  }
  const scale = Math.min(1, Math.sqrt(drawnPixels / (width * height)));
  const scaled = (side: number): number => Math.max(unit, Math.round(side * scale));
  const drawn = { width: scaled(width), height: scaled(height) };
  const padded = (side: number): number => Math.ceil(side / granularity) * granularity;
  return {
    picture: { width, height },
    drawn,
    padded: { width: padded(drawn.width), height: padded(drawn.height) },
  };
}

/** The size nearest to a source's that can be drawn, in about its proportions. */
export function sizeLike({ width, height }: Size, { unit, longest }: SizeLimits): Size {
  const shrink = Math.min(1, longest / Math.max(width, height));
  const fitting = (side: number): number => {
    const nearest = Math.round((side * shrink) / unit) * unit;
    return Math.min(Math.floor(longest / unit) * unit, Math.max(SHORTEST, nearest));
  };
  return { width: fitting(width), height: fitting(height) };
}

export function sizeName({ width, height }: Size): string {
  return `${String(width)}x${String(height)}`;
}
