import * as ort from 'onnxruntime-node';

import { resize, toPlanes } from './pixels.mjs';

/** PaddleOCR's classes: blank, the dictionary's lines, space. */
export function readDictionary(text) {
  return ['', ...text.replace(/\n$/, '').split('\n'), ' '];
}

/** What one line's picture says. */
export async function recogniseLine(session, picture, symbols, settings) {
  const [, height, least] = settings.image_shape;
  const width = Math.max(1, Math.ceil((height * picture.width) / picture.height));
  const padded = Math.max(least, width);
  const [mean, std] = [Array(3).fill(settings.mean), Array(3).fill(settings.std)];
  const planes = toPlanes(await resize(picture, width, height), mean, std, padded);
  const input = new ort.Tensor('float32', planes, [1, 3, height, padded]);
  const output = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
  const [, steps, classes] = output.dims;
  if (classes !== symbols.length) throw new Error(`rec.onnx has ${classes} classes, dict.txt gives ${symbols.length}`);
  return decode(output.data, steps, symbols);
}

/** CTC, greedy: the best class of each step, repeats collapsed, blanks dropped. */
function decode(probabilities, steps, symbols) {
  let text = '';
  let before = 0;
  for (let step = 0; step < steps; step++) {
    const row = probabilities.subarray(step * symbols.length, (step + 1) * symbols.length);
    const best = row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    if (best !== before) text += symbols[best];
    before = best;
  }
  return text;
}
