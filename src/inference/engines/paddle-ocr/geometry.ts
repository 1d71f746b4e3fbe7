import type { Corner } from '../../tasks.js';

/** Four corners, clockwise on the screen, from the one that is top left as the text is read. */
export type Quad = readonly [Corner, Corner, Corner, Corner];

/** A rectangle at any angle. (ux, uy) is the unit vector along its width. */
export interface Rectangle {
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
  readonly ux: number;
  readonly uy: number;
}

/** The smallest rectangle around points; its width lies within 45° of the horizontal. Null for less than two points. */
export function minAreaRectangle(points: readonly Corner[]): Rectangle | null {
  const hull = convexHull(points);
  let best: Rectangle | null = null;
  for (const [index, from] of hull.entries()) {
    // One side of the smallest rectangle lies on a side of the hull.
    const to = hull[(index + 1) % hull.length] ?? from;
    const length = distance(from, to);
    if (length === 0) continue;
    const candidate = boundsAlong(hull, (to[0] - from[0]) / length, (to[1] - from[1]) / length);
    if (best === null || candidate.width * candidate.height < best.width * best.height) best = candidate;
  }
  return best === null ? null : levelled(best);
}

/** Top left, top right, bottom right, bottom left. */
export function cornersOf({ cx, cy, width, height, ux, uy }: Rectangle): Quad {
  const corner = (along: number, across: number): Corner => [
    cx + (along * width * ux - across * height * uy) / 2,
    cy + (along * width * uy + across * height * ux) / 2,
  ];
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/**
 * A kernel's rectangle grown back to its text. DB shrinks a text's outline by a distance that follows from its area and
 * perimeter; of a rectangle, the outline that lies `area · ratio / perimeter` further out is again a rectangle.
 */
export function unclip(rectangle: Rectangle, ratio: number): Rectangle {
  const { width, height } = rectangle;
  const away = width + height === 0 ? 0 : (width * height * ratio) / (2 * (width + height));
  return { ...rectangle, width: width + 2 * away, height: height + 2 * away };
}

export function distance(a: Corner, b: Corner): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Lengths of the longer ones of the opposite sides. */
export function sidesOf([a, b, c, d]: Quad): { readonly width: number; readonly height: number } {
  return { width: Math.max(distance(a, b), distance(d, c)), height: Math.max(distance(a, d), distance(b, c)) };
}

/** The same four corners, the text being read from what was the next corner, clockwise, `times` over. */
export function turned(quad: Quad, times: number): Quad {
  const at = (index: number): Corner => quad[(index + times) % 4] ?? quad[0];
  return [at(0), at(1), at(2), at(3)];
}

/** Andrew's monotone chain. */
function convexHull(points: readonly Corner[]): Corner[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...halfHull(sorted), ...halfHull(sorted.toReversed())];
}

function halfHull(points: readonly Corner[]): Corner[] {
  const chain: Corner[] = [];
  for (const point of points) {
    for (;;) {
      const [before, last] = [chain.at(-2), chain.at(-1)];
      if (before === undefined || last === undefined || turn(before, last, point) > 0) break;
      chain.pop();
    }
    chain.push(point);
  }
  return chain.slice(0, -1);
}

function turn(origin: Corner, a: Corner, b: Corner): number {
  return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0]);
}

function boundsAlong(points: readonly Corner[], ux: number, uy: number): Rectangle {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    const [along, across] = [x * ux + y * uy, y * ux - x * uy];
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const [along, across] = [(left + right) / 2, (top + bottom) / 2];
  return {
    cx: along * ux - across * uy,
    cy: along * uy + across * ux,
    width: right - left,
    height: bottom - top,
    ux,
    uy,
  };
}

function levelled({ cx, cy, width, height, ux, uy }: Rectangle): Rectangle {
  if (Math.abs(uy) > Math.abs(ux)) return levelled({ cx, cy, width: height, height: width, ux: -uy, uy: ux });
  const sign = ux < 0 ? -1 : 1;
  return { cx, cy, width, height, ux: sign * ux, uy: sign * uy };
}
