import { describe, expect, it } from 'vitest';
import {
  cornersOf,
  minAreaRectangle,
  sidesOf,
  turned,
  unclip,
  type Quad,
} from '../../src/inference/engines/paddle-ocr/geometry.js';
import { readingBoxes } from '../../src/inference/engines/paddle-ocr/reading-boxes.js';
import type { Corner } from '../../src/inference/tasks.js';
import { boxOf } from './support/ocr-boxes.js';

function expectCorners(found: Quad | undefined, wanted: readonly Corner[]): void {
  expect(found).toHaveLength(4);
  wanted.forEach(([x, y], index) => {
    expect(found?.[index]?.[0]).toBeCloseTo(x, 6);
    expect(found?.[index]?.[1]).toBeCloseTo(y, 6);
  });
}

function rectangleOf(points: readonly Corner[]): Quad {
  const rectangle = minAreaRectangle(points);
  if (rectangle === null) throw new Error('no rectangle');
  return cornersOf(rectangle);
}

describe('the smallest rectangle around points', () => {
  it('is level around a level block, whatever lies inside', () => {
    const points: Corner[] = [
      [2, 3],
      [12, 3],
      [12, 7],
      [2, 7],
      [5, 5],
      [7, 3],
    ];
    expectCorners(rectangleOf(points), [
      [2, 3],
      [12, 3],
      [12, 7],
      [2, 7],
    ]);
  });

  it('is turned with its points', () => {
    // A 3-4-5 triangle gives the direction: 10 along (0.8, 0.6), 5 across (-0.6, 0.8).
    const corners: Corner[] = [
      [10, 10],
      [18, 16],
      [15, 20],
      [7, 14],
    ];
    expectCorners(rectangleOf([...corners, [12.5, 15]]), corners);
    expect(sidesOf(rectangleOf(corners))).toEqual({
      width: expect.closeTo(10, 6) as number,
      height: expect.closeTo(5, 6) as number,
    });
  });

  it('begins at the top left when its text falls, too', () => {
    // 10 along (0.8, -0.6): the line rises to the right.
    expectCorners(
      rectangleOf([
        [7, 20],
        [15, 14],
        [18, 18],
        [10, 24],
      ]),
      [
        [7, 20],
        [15, 14],
        [18, 18],
        [10, 24],
      ],
    );
  });

  it('has no height around a straight line, and is none around one point', () => {
    expect(
      minAreaRectangle([
        [1, 1],
        [4, 1],
        [9, 1],
      ]),
    ).toMatchObject({ width: 8, height: 0 });
    expect(minAreaRectangle([[3, 3]])).toBeNull();
    expect(minAreaRectangle([])).toBeNull();
  });
});

describe('growing a kernel', () => {
  it('moves each side by area · ratio / perimeter', () => {
    const grown = unclip({ cx: 50, cy: 20, width: 60, height: 20, ux: 1, uy: 0 }, 1.5);
    // 1200 · 1.5 / 160 = 11.25
    expect(grown).toEqual({ cx: 50, cy: 20, width: 82.5, height: 42.5, ux: 1, uy: 0 });
  });

  it('leaves nothing as it is', () => {
    expect(unclip({ cx: 1, cy: 1, width: 0, height: 0, ux: 1, uy: 0 }, 2)).toMatchObject({ width: 0, height: 0 });
  });
});

describe('how a box is read', () => {
  const across = boxOf(0, 0, 100, 20);
  const down = boxOf(200, 0, 20, 100);
  const character = boxOf(0, 50, 12, 22);

  it('turns one that is higher than wide', () => {
    expect(turned(down, 1)).toEqual([down[1], down[2], down[3], down[0]]);
    expect(readingBoxes([across, down])).toEqual([across, turned(down, 1)]);
  });

  it('leaves a single character as the lines of its page are', () => {
    expect(readingBoxes([across, character])).toEqual([across, character]);
    expect(readingBoxes([down, character])).toEqual([turned(down, 1), turned(character, 1)]);
  });

  it('follows PaddleOCR where nothing else tells', () => {
    expect(readingBoxes([character])).toEqual([turned(character, 1)]);
    expect(readingBoxes([boxOf(0, 0, 20, 22)])).toEqual([boxOf(0, 0, 20, 22)]);
    expect(readingBoxes([])).toEqual([]);
  });
});
