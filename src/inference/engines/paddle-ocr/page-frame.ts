import type { TextLine } from '../../tasks.js';
import type { Quad } from './geometry.js';

/** A line and where it lies when the page is turned so that its text runs level, to the right. */
export interface Placed {
  readonly line: TextLine;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Radians. */
const QUARTER = Math.PI / 2;

/** Where the lines of a page lie once it is turned back by an angle, see {@link pageAngle}. */
export function levelled(lines: readonly TextLine[], angle: number): Placed[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return lines.map((line) => {
    const [center, size] = [middleOf(line.box), sizeOf(line.box)];
    const [x, y] = [center[0] * cos + center[1] * sin, center[1] * cos - center[0] * sin];
    return {
      line,
      left: x - size.width / 2,
      right: x + size.width / 2,
      top: y - size.height / 2,
      bottom: y + size.height / 2,
    };
  });
}

/**
 * The angle that most text of a page has, for a photograph's skew or a page that lies on its side: the commonest quarter
 * turn by length, and within it the median of the longer lines.
 */
export function pageAngle(boxes: readonly Quad[]): number {
  const directions = boxes.map((box) => ({ angle: angleOf(box), length: sizeOf(box).width }));
  const lengths = [0, 0, 0, 0];
  for (const { angle, length } of directions) {
    const quarter = quarterOf(angle);
    lengths[quarter] = (lengths[quarter] ?? 0) + length;
  }
  const most = lengths.indexOf(Math.max(...lengths));
  const ofMost = directions.filter(({ angle }) => quarterOf(angle) === most).toSorted((a, b) => a.length - b.length);
  // Short lines say little about the angle: the upper half by length is asked.
  const asked = ofMost.slice(Math.floor(ofMost.length / 2)).map(({ angle }) => offQuarter(angle));
  asked.sort((a, b) => a - b);
  return most * QUARTER + (asked[Math.floor(asked.length / 2)] ?? 0);
}

/** The box around others that lies at an angle. */
export function boxAround(boxes: readonly Quad[], angle: number): Quad {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = boxes.flat().map(([x, y]) => x * cos + y * sin);
  const across = boxes.flat().map(([x, y]) => y * cos - x * sin);
  const [left, right] = [Math.min(...along), Math.max(...along)];
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  const corner = (a: number, b: number): [number, number] => [a * cos - b * sin, a * sin + b * cos];
  return [corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)];
}

function middleOf(box: Quad): [x: number, y: number] {
  return [box.reduce((sum, [x]) => sum + x, 0) / 4, box.reduce((sum, [, y]) => sum + y, 0) / 4];
}

/** Lengths along the text and across it. */
function sizeOf([a, b, c, d]: Quad): { readonly width: number; readonly height: number } {
  return {
    width: (Math.hypot(b[0] - a[0], b[1] - a[1]) + Math.hypot(c[0] - d[0], c[1] - d[1])) / 2,
    height: (Math.hypot(d[0] - a[0], d[1] - a[1]) + Math.hypot(c[0] - b[0], c[1] - b[1])) / 2,
  };
}

/** The direction in which a box is read; 0 is to the right, clockwise on the screen. */
function angleOf([a, b, c, d]: Quad): number {
  return Math.atan2(b[1] + c[1] - a[1] - d[1], b[0] + c[0] - a[0] - d[0]);
}

function quarterOf(angle: number): number {
  return (Math.round(angle / QUARTER) + 4) % 4;
}

/** What is left of an angle beyond its nearest quarter turn, from -45° to 45°. */
function offQuarter(angle: number): number {
  return angle - Math.round(angle / QUARTER) * QUARTER;
}
