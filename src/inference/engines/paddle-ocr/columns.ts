import type { Placed } from './page-frame.js';

/** A gutter is at least this many line heights wide … */
const GUTTER_HEIGHTS = 1;
/** … and has this many lines on either side at least … */
const MIN_LINES = 2;
/** … half of which are at least this many line heights long: shorter ones are the cells of a table … */
const PROSE_HEIGHTS = 6;
/** … and fill this much of their column. */
const PROSE_FILL = 0.5;
/** So many line heights of nothing part what is above from what is below. */
const BREAK_HEIGHTS = 3;

interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * Parts of a page in the order in which they are read; the lines of one are read row by row. A heading over two columns
 * comes first, then the left column, then the right one. The cells of a table stay together, for a row is read across.
 */
export function blocksOf(lines: readonly Placed[]): Placed[][] {
  const height = median(lines.map(({ top, bottom }) => bottom - top));
  const strips = stripsOf(lines);
  const blocks: Placed[][] = [];
  let plain: Placed[] = [];
  for (let at = 0; at < strips.length;) {
    const section = columnSection(strips.slice(at), height);
    if (section === null) plain.push(...(strips[at++] ?? []));
    else {
      if (plain.length > 0) blocks.push(plain);
      plain = [];
      blocks.push(...section.columns.flatMap(blocksOf));
      at += section.strips;
    }
  }
  return plain.length > 0 ? [...blocks, plain] : blocks;
}

/** Lines that share some height with each other, from the top down: no two strips do. */
function stripsOf(lines: readonly Placed[]): Placed[][] {
  const strips: Placed[][] = [];
  let bottom = -Infinity;
  for (const line of lines.toSorted((a, b) => a.top - b.top)) {
    // Boxes are a little larger than their text: those of two lines may touch.
    const touches = line.top + (line.bottom - line.top) * 0.2 < bottom;
    if (touches) strips.at(-1)?.push(line);
    else strips.push([line]);
    bottom = Math.max(touches ? bottom : -Infinity, line.bottom - (line.bottom - line.top) * 0.2);
  }
  return strips;
}

interface Section {
  readonly strips: number;
  readonly columns: readonly Placed[][];
}

/** The most strips from the first on that have gutters in common; null unless they part columns of text. */
function columnSection(strips: readonly Placed[][], height: number): Section | null {
  let gaps: Interval[] = [{ from: -Infinity, to: Infinity }];
  let best: Section | null = null;
  const lines: Placed[] = [];
  let bottom = Infinity;
  for (const [index, strip] of strips.entries()) {
    if (Math.min(...strip.map(({ top }) => top)) - bottom > BREAK_HEIGHTS * height) break;
    gaps = common(gaps, gapsOf(strip)).filter(({ from, to }) => to - from >= GUTTER_HEIGHTS * height);
    if (gaps.length === 0) break;
    lines.push(...strip);
    bottom = Math.max(...strip.map((line) => line.bottom));
    const columns = columnsBetween(lines, gaps, height);
    if (columns !== null) best = { strips: index + 1, columns };
  }
  return best;
}

/** Parts lines at all gutters, or else at the widest one. Null when that does not make columns of text. */
function columnsBetween(lines: readonly Placed[], gaps: readonly Interval[], height: number): Placed[][] | null {
  const gutters = gaps.filter(({ from, to }) => Number.isFinite(from) && Number.isFinite(to));
  const widest = gutters.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 1);
  for (const chosen of [gutters, widest]) {
    const edges = [-Infinity, ...chosen.map(({ from }) => from), Infinity];
    const columns = edges
      .slice(1)
      .map((edge, index) => lines.filter(({ right }) => right <= edge && right > (edges[index] ?? edge)));
    if (columns.length > 1 && columns.every((column) => isProse(column, height))) return columns;
  }
  return null;
}

function isProse(lines: readonly Placed[], height: number): boolean {
  const width = median(lines.map(({ left, right }) => right - left));
  const column = Math.max(...lines.map(({ right }) => right)) - Math.min(...lines.map(({ left }) => left));
  return lines.length >= MIN_LINES && width >= PROSE_HEIGHTS * height && width >= PROSE_FILL * column;
}

/** Where no line of a strip is, from left to right. */
function gapsOf(strip: readonly Placed[]): Interval[] {
  const gaps: Interval[] = [];
  let from = -Infinity;
  for (const { left, right } of strip.toSorted((a, b) => a.left - b.left)) {
    if (left > from) gaps.push({ from, to: left });
    from = Math.max(from, right);
  }
  return [...gaps, { from, to: Infinity }];
}

/** Where both have a gap. */
function common(some: readonly Interval[], others: readonly Interval[]): Interval[] {
  return some.flatMap((a) =>
    others
      .map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }))
      .filter(({ from, to }) => from < to),
  );
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
