import type { Placed } from './page-frame.js';

/** How much of the lower one's height two boxes of a row share at least. */
const SHARED_HEIGHT = 0.5;
/** How much of the shorter one two boxes of a row may cover each other: boxes are a little larger than their text. */
const MAX_OVERLAP = 0.3;

/** Boxes on one baseline, from left to right; the rows from the top down. */
export function rowsOf(lines: readonly Placed[]): Placed[][] {
  const rows: Placed[][] = [];
  for (const line of lines.toSorted((a, b) => middle(a) - middle(b))) {
    // A row that is far above cannot be its own: only the last few are asked.
    const row = rows.slice(-4).findLast((one) => belongs(line, one));
    if (row === undefined) rows.push([line]);
    else row.push(line);
  }
  return rows.map((row) => row.sort((a, b) => a.left - b.left));
}

/** Beside the nearest box of the row, and above or below none of them. */
function belongs(line: Placed, row: readonly Placed[]): boolean {
  if (row.some((other) => overlap(line, other) > MAX_OVERLAP)) return false;
  const nearest = row.toSorted((a, b) => gap(line, a) - gap(line, b))[0];
  return nearest !== undefined && sharedHeight(line, nearest) >= SHARED_HEIGHT;
}

function sharedHeight(a: Placed, b: Placed): number {
  const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return shared / Math.min(a.bottom - a.top, b.bottom - b.top);
}

function overlap(a: Placed, b: Placed): number {
  return -gap(a, b) / Math.min(a.right - a.left, b.right - b.left);
}

/** Pixels between two boxes, across; negative where they overlap. */
function gap(a: Placed, b: Placed): number {
  return Math.max(a.left, b.left) - Math.min(a.right, b.right);
}

function middle({ top, bottom }: Placed): number {
  return (top + bottom) / 2;
}
