import { describe, expect, it } from 'vitest';
import { pageAngle } from '../../src/inference/engines/paddle-ocr/page-frame.js';
import { inReadingOrder } from '../../src/inference/engines/paddle-ocr/reading-order.js';
import type { TextLine } from '../../src/inference/tasks.js';
import { boxOf, lineAt, turnedLines } from './support/ocr-boxes.js';

/** The order must not depend on how the lines come: they come shuffled, always in the same way. */
function read(lines: readonly TextLine[]): string[] {
  const shuffled = lines.map((line, index) => ({ line, key: (index * 7919) % 101 })).sort((a, b) => a.key - b.key);
  return inReadingOrder(shuffled.map(({ line }) => line)).map(({ text }) => text);
}

function column(name: string, x: number, y: number, count: number, pitch = 30): TextLine[] {
  return Array.from({ length: count }, (_, index) => lineAt(`${name} column line ${String(index + 1)}`, x, y + index * pitch, 250)); // prettier-ignore
}

const texts = (lines: readonly TextLine[]): string[] => lines.map(({ text }) => text);

const TWO_COLUMNS = [
  lineAt('A heading over both', 100, 0, 450),
  ...column('left', 20, 60, 5),
  ...column('right', 330, 60, 6),
  lineAt('a footer below both of them', 150, 300, 350),
];

describe('reading order', () => {
  it('of a simple page is from the top down', () => {
    const page = column('only', 40, 20, 6);
    expect(read(page)).toEqual(texts(page));
    expect(read([])).toEqual([]);
  });

  it('takes one column after the other, under their heading', () => {
    expect(read(TWO_COLUMNS)).toEqual(texts(TWO_COLUMNS));
  });

  it('does so when the columns’ lines are not level with each other, too', () => {
    const page = [...column('left', 20, 60, 6), ...column('right', 330, 71, 5, 34)];
    expect(read(page)).toEqual(texts(page));
  });

  it('knows three columns, and columns that end early', () => {
    const page = [...column('first', 0, 0, 6), ...column('second', 300, 0, 3), ...column('third', 600, 0, 5)];
    expect(read(page)).toEqual(texts(page));
  });

  it('begins anew below a line across', () => {
    const page = [
      ...column('upper left', 20, 0, 3),
      ...column('upper right', 330, 0, 3),
      lineAt('in between', 20, 100, 560),
      ...column('lower left', 20, 140, 3),
      ...column('lower right', 330, 140, 3),
    ];
    expect(read(page)).toEqual(texts(page));
  });

  it('reads a table row by row', () => {
    const rows = [
      ['Item', 'Count', 'Price'],
      ['Apples', '3', '1.20'],
      ['Bananas', '12', '4.80'],
      ['Cherries', '7', '15.00'],
    ];
    const page = rows.flatMap((row, y) => row.map((cell, x) => lineAt(cell, 40 + x * 220, 20 + y * 40)));
    expect(read(page)).toEqual(rows.map((row) => row.join(' ')));
  });

  it('reads names and values of a form across', () => {
    const rows = [
      ['Name', 'Ada Lovelace, Countess'],
      ['Born', '10 December 1815 in London'],
      ['Known for', 'the first program'],
    ];
    const page = rows.flatMap(([name = '', value = ''], y) => [
      lineAt(name, 0, y * 30),
      lineAt(value, 200, y * 30 + 3),
    ]);
    expect(read(page)).toEqual(rows.map((row) => row.join(' ')));
  });

  it('joins the pieces of a line in one box', () => {
    const pieces = [
      { ...lineAt('Total:', 10, 50), confidence: 0.6 },
      { ...lineAt('42.50', 400, 54), confidence: 1 },
    ];
    expect(inReadingOrder(pieces.toReversed())).toEqual([
      {
        text: 'Total: 42.50',
        confidence: expect.closeTo((0.6 * 6 + 5) / 11, 6) as number,
        box: boxOf(10, 50, 440, 24),
      },
    ]);
  });

  it('keeps lines apart that stand close above each other', () => {
    const page = [lineAt('one', 0, 0, 300), lineAt('two', 0, 17, 300), lineAt('three', 0, 34, 300)];
    expect(read(page)).toEqual(['one', 'two', 'three']);
  });

  it.each([
    ['a skewed page', 0.03],
    ['one skewed the other way', -0.04],
    ['a page on its right side', Math.PI / 2],
    ['a page on its head', Math.PI],
    ['a page on its left side, skewed', -Math.PI / 2 + 0.02],
  ])('is that of the upright page on %s', (_, angle) => {
    expect(read(turnedLines(TWO_COLUMNS, angle))).toEqual(texts(TWO_COLUMNS));
    const row = [lineAt('Apples', 0, 0), lineAt('3', 400, 0), lineAt('1.20', 800, 0)];
    expect(read(turnedLines([...row, lineAt('a long line below them', 0, 40, 800)], angle))).toEqual([
      'Apples 3 1.20',
      'a long line below them',
    ]);
  });
});

describe('the angle of a page', () => {
  it('is that of its long lines', () => {
    const level = [lineAt('a long line', 0, 0, 500), lineAt('another long one', 0, 40, 400)];
    const crooked = turnedLines([lineAt('x', 0, 80, 15)], 0.4);
    expect(pageAngle([...turnedLines(level, 0.05), ...crooked].map(({ box }) => box))).toBeCloseTo(0.05, 6);
    expect(pageAngle(turnedLines(level, Math.PI / 2 - 0.02).map(({ box }) => box))).toBeCloseTo(Math.PI / 2 - 0.02, 6);
    expect(pageAngle([])).toBe(0);
  });
});
