import type { CharRange } from '../grammar/expression.js';

const LAST = 0x10ffff;

export const DIGITS: readonly CharRange[] = [[0x30, 0x39]];
export const WORD: readonly CharRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** ECMAScript's white space and line ends. */
export const SPACES: readonly CharRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: readonly CharRange[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

export const ANY: readonly CharRange[] = [[0, LAST]];
export const ANY_BUT_LINE_ENDS = complement(LINE_ENDS);

/** In order, none touching another. */
export function union(ranges: readonly CharRange[]): readonly CharRange[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function complement(ranges: readonly CharRange[]): readonly CharRange[] {
  const rest: CharRange[] = [];
  let from = 0;
  for (const [first, last] of union(ranges)) {
    if (first > from) rest.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= LAST) rest.push([from, LAST]);
  return rest;
}

export function intersection(a: readonly CharRange[], b: readonly CharRange[]): readonly CharRange[] {
  return union(
    a.flatMap(([first, last]) =>
      b.flatMap(([from, to]): CharRange[] => {
        const low = Math.max(first, from);
        const high = Math.min(last, to);
        return low <= high ? [[low, high]] : [];
      }),
    ),
  );
}

/** @param ranges In order, none touching another. */
export function holds(ranges: readonly CharRange[], code: number): boolean {
  let from = 0;
  let to = ranges.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const [first, last] = ranges[middle] ?? [0, -1];
    if (code < first) to = middle;
    else if (code > last) from = middle + 1;
    else return true;
  }
  return false;
}
