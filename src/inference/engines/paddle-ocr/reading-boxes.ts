import { sidesOf, turned, type Quad } from './geometry.js';

/** A box whose sides differ by this much holds several characters, along its longer side. */
const CLEAR_RATIO = 2.5;
/** Where no box is clear: higher than wide by this much, a line runs up or down. PaddleOCR's limit. */
const UPRIGHT_RATIO = 1.5;

/**
 * Boxes as their lines are read, those that run up or down being taken to run down. A box that could be a single
 * character as well, say a 1, goes the way that most of the page goes.
 */
export function readingBoxes(boxes: readonly Quad[]): Quad[] {
  let [across, down] = [0, 0];
  for (const { width, height } of boxes.map(sidesOf)) {
    if (width >= CLEAR_RATIO * height) across += width;
    else if (height >= CLEAR_RATIO * width) down += height;
  }
  return boxes.map((box) => {
    const { width, height } = sidesOf(box);
    const isClear = Math.max(width, height) >= CLEAR_RATIO * Math.min(width, height);
    const isUpright = isClear || across === down ? height >= UPRIGHT_RATIO * width : down > across;
    return isUpright ? turned(box, 1) : box;
  });
}
