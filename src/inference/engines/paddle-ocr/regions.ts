import type { Corner } from '../../tasks.js';

/** Connected set pixels of a mask. */
export interface Region {
  /** Middles of the first and the last pixel of each of its rows: all that its convex hull can touch. */
  readonly extremes: readonly Corner[];
}

/** Sets each pixel whose value lies above the threshold. */
export function maskOf(values: Float32Array, threshold: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let at = 0; at < mask.length; at++) mask[at] = (values[at] ?? 0) > threshold ? 1 : 0;
  return mask;
}

/** Each set pixel also sets its right, lower and lower right neighbour: OpenCV's dilation by a 2 × 2 kernel. */
export function dilated(mask: Uint8Array, width: number): Uint8Array {
  const grown = mask.slice();
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    const notLast = at % width < width - 1;
    if (notLast) grown[at + 1] = 1;
    if (at + width >= mask.length) continue;
    grown[at + width] = 1;
    if (notLast) grown[at + width + 1] = 1;
  }
  return grown;
}

/** The regions of pixels that touch, also by a corner, from the top down. The mask is used up. */
export function* regionsOf(mask: Uint8Array, width: number): Generator<Region> {
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 0) yield takeRegion(mask, width, start);
  }
}

function takeRegion(mask: Uint8Array, width: number, start: number): Region {
  const rows = new Map<number, { first: number; last: number }>();
  const stack = [start];
  mask[start] = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const row = rows.get(y);
    if (row === undefined) rows.set(y, { first: x, last: x });
    else if (x < row.first) row.first = x;
    else if (x > row.last) row.last = x;
    const [from, to] = [x > 0 ? -1 : 0, x < width - 1 ? 1 : 0];
    for (let above = at - width; above <= at + width; above += width) {
      for (let next = above + from; next <= above + to; next++) {
        if (mask[next] !== 1) continue;
        mask[next] = 0;
        stack.push(next);
      }
    }
  }
  const extremes = [...rows].flatMap(([y, { first, last }]): Corner[] =>
    first === last
      ? [[first + 0.5, y + 0.5]]
      : [
          [first + 0.5, y + 0.5],
          [last + 0.5, y + 0.5],
        ],
  );
  return { extremes };
}
