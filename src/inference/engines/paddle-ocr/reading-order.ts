import type { TextLine } from '../../tasks.js';
import { blocksOf } from './columns.js';
import { boxAround, levelled, pageAngle, type Placed } from './page-frame.js';
import { rowsOf } from './rows.js';

/**
 * The lines of a page as they are read: column by column, from the top down. What stands on one baseline is one line:
 * detectors part a line where it has a wide space, and a table's row is read across.
 */
export function inReadingOrder(lines: readonly TextLine[]): TextLine[] {
  const angle = pageAngle(lines.map(({ box }) => box));
  return blocksOf(levelled(lines, angle)).flatMap((block) => rowsOf(block).map((row) => joined(row, angle)));
}

function joined(row: readonly Placed[], angle: number): TextLine {
  const all = row.map(({ line }) => line);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const characters = all.reduce((sum, { text }) => sum + text.length, 0);
  return {
    text: all.map(({ text }) => text).join(' '),
    confidence: all.reduce((sum, { text, confidence }) => sum + confidence * text.length, 0) / characters,
    box: boxAround(
      all.map(({ box }) => box),
      angle,
    ),
  };
}
