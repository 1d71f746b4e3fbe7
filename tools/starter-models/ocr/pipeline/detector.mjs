import * as ort from 'onnxruntime-node';

import { corners, minAreaRectangle } from './geometry.mjs';
import { resize, toPlanes } from './pixels.mjs';

/** Text lines of a picture, top to bottom: `{ score, quad }`, quad clockwise from the top left, in the picture's pixels. */
export async function detectLines(session, picture, settings) {
  const [width, height] = inputSize(picture, settings);
  const planes = toPlanes(await resize(picture, width, height), settings.mean, settings.std);
  const input = new ort.Tensor('float32', planes, [1, 3, height, width]);
  const output = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
  const boxes = boxesOf(output.data, width, height, settings);
  const [sx, sy] = [picture.width / width, picture.height / height];
  const lines = boxes.map(({ score, quad }) => ({ score, quad: quad.map(([x, y]) => [x * sx, y * sy]) }));
  return lines.sort(readingOrder);
}

/** Only ever scaled down; each side a multiple of 32. */
function inputSize({ width, height }, { limit_side_len: limit }) {
  const scale = Math.min(1, limit / Math.max(width, height));
  const rounded = (side) => Math.max(32, Math.round(Math.floor(side * scale) / 32) * 32);
  return [rounded(width), rounded(height)];
}

function readingOrder({ quad: [a] }, { quad: [b] }) {
  return Math.abs(a[1] - b[1]) < 10 ? a[0] - b[0] : a[1] - b[1];
}

/** DB post-processing: every connected kernel's rectangle, scored and grown back to the line's box. */
function boxesOf(probability, width, height, settings) {
  const boxes = [];
  for (const border of kernelBorders(probability, width, height, settings)) {
    const rectangle = minAreaRectangle(border);
    if (!rectangle || Math.min(rectangle.width, rectangle.height) < settings.min_size) continue;
    const score = meanInside(probability, width, height, rectangle);
    if (score < settings.box_thresh) continue;
    const grow = (rectangle.width * rectangle.height * settings.unclip_ratio) / (rectangle.width + rectangle.height);
    boxes.push({
      score,
      quad: corners({ ...rectangle, width: rectangle.width + grow, height: rectangle.height + grow }),
    });
  }
  return boxes;
}

/** For each connected region above the threshold, the points on its edge. */
function* kernelBorders(probability, width, height, { thresh, max_candidates: most }) {
  const seen = new Uint8Array(width * height);
  let found = 0;
  for (let start = 0; start < seen.length && found < most; start++) {
    if (seen[start] || probability[start] <= thresh) continue;
    found++;
    yield floodFill(probability, width, height, thresh, seen, start);
  }
}

function floodFill(probability, width, height, thresh, seen, start) {
  const border = [];
  const stack = [start];
  seen[start] = 1;
  while (stack.length > 0) {
    const at = stack.pop();
    const [x, y] = [at % width, Math.floor(at / width)];
    let onEdge = false;
    for (let ny = y - 1; ny <= y + 1; ny++) {
      for (let nx = x - 1; nx <= x + 1; nx++) {
        const next = ny * width + nx;
        const outside = nx < 0 || ny < 0 || nx >= width || ny >= height || probability[next] <= thresh;
        if (outside) onEdge = true;
        else if (!seen[next]) {
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    if (onEdge) border.push([x, y]);
  }
  return border;
}

function meanInside(probability, width, height, rectangle) {
  const quad = corners(rectangle);
  const [xs, ys] = [quad.map(([x]) => x), quad.map(([, y]) => y)];
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y <= Math.min(height - 1, Math.ceil(Math.max(...ys))); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x <= Math.min(width - 1, Math.ceil(Math.max(...xs))); x++) {
      const [dx, dy] = [x - rectangle.cx, y - rectangle.cy];
      const along = Math.abs(dx * rectangle.ux + dy * rectangle.uy);
      const across = Math.abs(dy * rectangle.ux - dx * rectangle.uy);
      if (along > rectangle.width / 2 + 0.5 || across > rectangle.height / 2 + 0.5) continue;
      sum += probability[y * width + x];
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}
