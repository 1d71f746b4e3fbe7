import type { Quad } from '../../../src/inference/engines/paddle-ocr/geometry.js';
import type { ProbabilityMap } from '../../../src/inference/engines/paddle-ocr/text-boxes.js';
import type { Corner, TextLine } from '../../../src/inference/tasks.js';

/** A level box. */
export function boxOf(x: number, y: number, width: number, height: number): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** A line of text, 20 pixels high, 10 for each of its characters unless said otherwise. */
export function lineAt(text: string, x: number, y: number, width = text.length * 10): TextLine {
  return { text, confidence: 0.9, box: boxOf(x, y, width, 20) };
}

/** The same lines on a page that was turned clockwise about its top left corner, in radians. */
export function turnedLines(lines: readonly TextLine[], angle: number): TextLine[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turn = ([x, y]: Corner): Corner => [x * cos - y * sin, x * sin + y * cos];
  return lines.map((line) => {
    const [a, b, c, d] = line.box;
    return { ...line, box: [turn(a), turn(b), turn(c), turn(d)] };
  });
}

/** A map of zeros with blocks of a probability in it. */
export function mapOf(
  width: number,
  height: number,
  blocks: readonly { x: number; y: number; width: number; height: number; value: number }[],
): ProbabilityMap {
  const values = new Float32Array(width * height);
  for (const block of blocks) {
    for (let y = block.y; y < block.y + block.height; y++) {
      values.fill(block.value, y * width + block.x, y * width + block.x + block.width);
    }
  }
  return { values, width, height };
}
