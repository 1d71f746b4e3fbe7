import type { Size } from './text-boxes.js';

/**
 * How large a page is made for the detector, as PaddleOCR says it: `max` makes the longer side `side` pixels if it is
 * longer, `min` the shorter side if it is shorter, `resize_long` the longer side in any case.
 */
export interface ResizeRule {
  readonly type: 'max' | 'min' | 'resize_long';
  readonly side: number;
}

/** Longest side that is ever looked at: PaddleOCR's `max_side_limit`. */
const MAX_SIDE = 4000;
/** What the detector's steps down divide by. */
const STRIDE = 32;
/** `resize_long` rounds up to multiples of this. */
const LONG_STRIDE = 128;

/** Width and height in pixels, multiples of the detector's stride. */
export function detectorSize(page: Size, rule: ResizeRule): Size {
  const scale = scaleOf(page, rule);
  const longest = Math.max(page.width, page.height) * scale;
  const within = scale * Math.min(1, MAX_SIDE / longest);
  const fit = (side: number): number =>
    rule.type === 'resize_long'
      ? Math.ceil(Math.max(1, Math.floor(side * within)) / LONG_STRIDE) * LONG_STRIDE
      : Math.max(STRIDE, Math.round(Math.floor(side * within) / STRIDE) * STRIDE);
  return { width: fit(page.width), height: fit(page.height) };
}

function scaleOf({ width, height }: Size, { type, side }: ResizeRule): number {
  switch (type) {
    case 'max':
      return Math.min(1, side / Math.max(width, height));
    case 'min':
      return Math.max(1, side / Math.min(width, height));
    case 'resize_long':
      return side / Math.max(width, height);
  }
}
