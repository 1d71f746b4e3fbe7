import { describe, expect, it } from 'vitest';
import { decodeCtc } from '../../src/inference/engines/paddle-ocr/ctc.js';
import { batchesOf } from '../../src/inference/engines/paddle-ocr/line-batches.js';
import { cropLine, cropSize } from '../../src/inference/engines/paddle-ocr/line-crop.js';
import { withDirections, type BoxRead } from '../../src/inference/engines/paddle-ocr/line-directions.js';
import { turned, type Quad } from '../../src/inference/engines/paddle-ocr/geometry.js';
import { writePlanes } from '../../src/inference/engines/paddle-ocr/normalisation.js';
import type { Picture } from '../../src/inference/pictures/picture.js';
import { looksSideways, turnedBack, turnedPage } from '../../src/inference/engines/paddle-ocr/sideways.js';
import { boxOf } from './support/ocr-boxes.js';

const SYMBOLS = ['', 'a', 'b', 'ё', ' '];

/** One row of probabilities for each step: the class and how sure it is. */
function steps(...path: readonly (readonly [best: number, probability: number])[]): Float32Array {
  return Float32Array.from(
    path.flatMap(([best, probability]) =>
      SYMBOLS.map((_, index) => (index === best ? probability : (1 - probability) / (SYMBOLS.length - 1))),
    ),
  );
}

describe('CTC decoding', () => {
  it('drops blanks and repeats, and keeps what a blank parts', () => {
    const path = steps([0, 0.9], [1, 0.8], [1, 0.9], [0, 0.9], [1, 0.6], [2, 1], [4, 0.8], [3, 0.8], [0, 0.5]);
    // a 0.8, a 0.6, b 1, space 0.8, ё 0.8: a repeated step does not count
    expect(decodeCtc(path, SYMBOLS)).toEqual({ text: 'aab ё', confidence: expect.closeTo(0.8, 6) as number });
  });

  it('makes nothing of blanks, or of nothing', () => {
    expect(decodeCtc(steps([0, 0.9], [0, 0.7]), SYMBOLS)).toEqual({ text: '', confidence: 0 });
    expect(decodeCtc(new Float32Array(), SYMBOLS)).toEqual({ text: '', confidence: 0 });
  });
});

describe('batches of lines', () => {
  const limits = { lines: 3, totalWidth: 3000, ratio: 1.5 };

  it('put similar widths together, narrow ones first', () => {
    expect(batchesOf([900, 320, 450, 330, 320], limits)).toEqual([
      { lines: [1, 4, 3], width: 330 },
      { lines: [2], width: 450 },
      { lines: [0], width: 900 },
    ]);
  });

  it('bound the width of all together', () => {
    expect(batchesOf([1600, 1600, 1400], limits).map(({ lines }) => lines)).toEqual([[2], [0], [1]]);
    expect(batchesOf([5000], limits)).toEqual([{ lines: [0], width: 5000 }]);
    expect(batchesOf([], limits)).toEqual([]);
  });
});

/** Each pixel tells where it is: red is x, green is y. */
function gradient(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) pixels.set([at % width, Math.floor(at / width), 0], at * 3);
  return { width, height, pixels };
}

function pixelOf({ pixels, width }: Picture, x: number, y: number): number[] {
  return [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 2)];
}

describe('the picture of a line', () => {
  const page = gradient(200, 100);

  it('is the part of the page that a level box shows', () => {
    const crop = cropLine(page, boxOf(40, 10, 60, 20));
    expect(crop).toMatchObject({ width: 60, height: 20 });
    expect(pixelOf(crop, 0, 0)).toEqual([40, 10]);
    expect(pixelOf(crop, 59, 19)).toEqual([99, 29]);
  });

  it('is turned as its box is read', () => {
    const down = cropLine(page, turned(boxOf(40, 10, 20, 60), 1));
    expect(down).toMatchObject({ width: 60, height: 20 });
    // What was the top right corner comes first, and the line runs down the page.
    expect(pixelOf(down, 0, 0)).toEqual([59, 10]);
    expect(pixelOf(down, 59, 0)).toEqual([59, 69]);
    expect(pixelOf(down, 0, 19)).toEqual([40, 10]);
    const head = cropLine(page, turned(boxOf(40, 10, 60, 20), 2));
    expect(pixelOf(head, 0, 0)).toEqual([99, 29]);
  });

  it('is straightened out of a slanted box', () => {
    // 50 along (0.8, 0.6), 10 across (-0.6, 0.8).
    const slanted: Quad = [
      [60, 20],
      [100, 50],
      [94, 58],
      [54, 28],
    ];
    const crop = cropLine(page, slanted);
    expect(crop).toMatchObject({ width: 50, height: 10 });
    const [x, y] = pixelOf(crop, 25, 5);
    // The middle of the box, and half a pixel on both ways.
    expect(x).toBeCloseTo(77 + 0.5 * 0.8 - 0.5 * 0.6 - 0.5, 0);
    expect(y).toBeCloseTo(39 + 0.5 * 0.6 + 0.5 * 0.8 - 0.5, 0);
  });

  it('follows the perspective of its box', () => {
    const trapezium: Quad = [
      [50, 20],
      [150, 20],
      [120, 80],
      [80, 80],
    ];
    const crop = cropLine(page, trapezium);
    const middle = pixelOf(crop, crop.width / 2, Math.floor(crop.height / 2));
    // Diagonals cross where they cross on the page, below the middle of the heights: at 20 + 60 · 100 / 140.
    expect(Math.abs((middle[0] ?? 0) - 100)).toBeLessThanOrEqual(1);
    expect(Math.abs((middle[1] ?? 0) - 62.9)).toBeLessThanOrEqual(1);
  });

  it('is never huge', () => {
    expect(cropSize(boxOf(0, 0, 9600, 1920))).toEqual({ width: 960, height: 192 });
    expect(cropSize(boxOf(0, 0, 0.2, 0.2))).toEqual({ width: 1, height: 1 });
  });
});

describe('a picture for a model', () => {
  it('is three planes, blue first, with nothing beside it', () => {
    const picture: Picture = { width: 1, height: 2, pixels: Uint8Array.from([255, 0, 51, 0, 255, 102]) };
    const data = new Float32Array(13);
    const normalisation = { mean: [0.5, 0, 0], std: [0.5, 1, 0.5], channels: 'BGR' } as const;
    writePlanes(picture, normalisation, data, { offset: 1, rowWidth: 2 });
    const rounded = [...data].map((value) => Math.round(value * 1000) / 1000);
    expect(rounded).toEqual([0, -0.6, 0, -0.2, 0, 0, 0, 1, 0, 2, 0, 0, 0]);
  });
});

describe('lines that stand on their head', () => {
  const box = (index: number): Quad => boxOf(0, index * 30, 200, 20);

  async function directions(
    confidences: readonly (readonly [upright: number, turned: number])[],
  ): Promise<{ turned: boolean[]; asked: number }> {
    const read = confidences.map(([upright], index): BoxRead => {
      return { box: box(index), reading: { text: 'a line of text', confidence: upright } };
    });
    let asked = 0;
    const found = await withDirections(read, (boxes) => {
      asked += boxes.length;
      return Promise.resolve(
        boxes.map((one) => {
          const index = confidences.findIndex((_, at) => turned(box(at), 2)[0][1] === one[0][1]);
          return { box: one, reading: { text: 'a line of text', confidence: confidences[index]?.[1] ?? 0 } };
        }),
      );
    });
    return { turned: found.map((one, index) => one.box[0][1] !== box(index)[0][1]), asked };
  }

  it('are not looked for among lines that were read well', async () => {
    expect(await directions([[0.95, 0.99], [0.9, 0.99]])).toEqual({ turned: [false, false], asked: 0 }); // prettier-ignore
  });

  it('are turned, and those that seemed right among them, too', async () => {
    const page = await directions([[0.4, 0.95], [0.5, 0.97], [0.86, 0.96]]); // prettier-ignore
    expect(page).toEqual({ turned: [true, true, true], asked: 3 });
  });

  it('have to be clearly better than on their feet when the others are not', async () => {
    const page = await directions([[0.95, 0.2], [0.96, 0.2], [0.97, 0.2], [0.7, 0.8], [0.5, 0.95]]); // prettier-ignore
    expect(page.turned).toEqual([false, false, false, false, true]);
  });
});

describe('a page that may lie on its side', () => {
  const read = (box: Quad, text: string, confidence: number): BoxRead => ({ box, reading: { text, confidence } });
  const characters = [0, 1, 2, 3].map((index) => boxOf(20, index * 25, 20, 22));

  it('has characters for boxes, and makes no sense', () => {
    expect(looksSideways(characters.map((box) => read(box, 'g', 0.6)))).toBe(true);
    expect(looksSideways(characters.map((box) => read(box, '7', 0.98)))).toBe(false);
    expect(looksSideways([read(boxOf(0, 0, 300, 20), 'a blurred line', 0.6), read(boxOf(0, 40, 20, 20), 'g', 0.5)])).toBe(false); // prettier-ignore
    expect(looksSideways([])).toBe(false);
  });

  it('is turned, and its boxes are turned back', () => {
    const page = gradient(6, 4);
    const turnedOnce = turnedPage(page);
    expect(turnedOnce).toMatchObject({ width: 4, height: 6 });
    // The bottom left corner comes to the top left.
    expect(pixelOf(turnedOnce, 0, 0)).toEqual([0, 3]);
    expect(pixelOf(turnedOnce, 3, 5)).toEqual([5, 0]);
    // A line that ran up the left edge is level on the turned page.
    expect(turnedBack(boxOf(1, 0, 3, 2), 4)).toEqual([
      [0, 3],
      [0, 0],
      [2, 0],
      [2, 3],
    ]);
  });
});
