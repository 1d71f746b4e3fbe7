import type { Corner } from '../../tasks.js';
import { cornersOf, minAreaRectangle, sidesOf, unclip, type Quad, type Rectangle } from './geometry.js';
import { dilated, maskOf, regionsOf } from './regions.js';

/** How the detector's map becomes boxes: DB's post-processing, with PaddleOCR's names for its numbers. */
export interface BoxSettings {
  /** Probability above which a pixel belongs to a text's kernel. */
  readonly thresh: number;
  /** Mean probability inside its rectangle that a kernel needs. */
  readonly boxThresh: number;
  readonly unclipRatio: number;
  readonly maxCandidates: number;
  /** Pixels of the map that a kernel's shorter side needs. */
  readonly minSize: number;
  readonly useDilation: boolean;
}

/** For each pixel the probability of belonging to the kernel of a text line, row by row. */
export interface ProbabilityMap {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a grown box is longer than a kernel at the least, in pixels of the map. */
const GROWTH = 2;
/** A box's sides have to be longer than this many pixels of the page. */
const MIN_SIDE = 3;

/** Boxes of text in pixels of the page, within it, from the top down. */
export function textBoxes(map: ProbabilityMap, page: Size, settings: BoxSettings): Quad[] {
  const mask = maskOf(map.values, settings.thresh);
  const boxes: Quad[] = [];
  let candidates = 0;
  for (const region of regionsOf(settings.useDilation ? dilated(mask, map.width) : mask, map.width)) {
    if (++candidates > settings.maxCandidates) break;
    const rectangle = textRectangle(region.extremes, map, settings);
    if (rectangle === null) continue;
    const box = onPage(cornersOf(rectangle), map, page);
    const { width, height } = sidesOf(box);
    if (Math.min(width, height) > MIN_SIDE) boxes.push(box);
  }
  return boxes;
}

/** The mean of the pixels whose middles lie inside a rectangle, or at most half a pixel outside. */
export function meanInside({ values, width, height }: ProbabilityMap, rectangle: Rectangle): number {
  const corners = cornersOf(rectangle);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right] = [Math.max(0, Math.floor(Math.min(...xs)) - 1), Math.min(width - 1, Math.ceil(Math.max(...xs)))];
  const [top, bottom] = [
    Math.max(0, Math.floor(Math.min(...ys)) - 1),
    Math.min(height - 1, Math.ceil(Math.max(...ys))),
  ];
  const { cx, cy, ux, uy } = rectangle;
  const [halfWidth, halfHeight] = [rectangle.width / 2 + 0.5, rectangle.height / 2 + 0.5];
  let [sum, count] = [0, 0];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
      if (Math.abs(dx * ux + dy * uy) > halfWidth || Math.abs(dy * ux - dx * uy) > halfHeight) continue;
      sum += values[y * width + x] ?? 0;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** The text that belongs to a kernel; null for what is too small or too faint to be one. */
function textRectangle(extremes: readonly Corner[], map: ProbabilityMap, settings: BoxSettings): Rectangle | null {
  const kernel = minAreaRectangle(extremes);
  if (kernel === null || Math.min(kernel.width, kernel.height) < settings.minSize) return null;
  if (meanInside(map, kernel) < settings.boxThresh) return null;
  const text = unclip(kernel, settings.unclipRatio);
  return Math.min(text.width, text.height) < settings.minSize + GROWTH ? null : text;
}

function onPage([a, b, c, d]: Quad, map: ProbabilityMap, page: Size): Quad {
  const place = ([x, y]: Corner): Corner => [
    Math.min(Math.max((x / map.width) * page.width, 0), page.width),
    Math.min(Math.max((y / map.height) * page.height, 0), page.height),
  ];
  return [place(a), place(b), place(c), place(d)];
}
