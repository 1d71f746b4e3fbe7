import { readFile } from 'node:fs/promises';

import * as ort from 'onnxruntime-node';

import { detectLines } from './detector.mjs';
import { cropQuad } from './pixels.mjs';
import { readDictionary, recogniseLine } from './recogniser.mjs';

const OPTIONS = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

/** The model of a folder in the PaddleOCR layout: `{ config, detector, recogniser, symbols }`. */
export async function loadModel(folder) {
  const config = JSON.parse(await readFile(new URL('config.json', folder), 'utf8'));
  const session = (file) => ort.InferenceSession.create(new URL(file, folder).pathname, OPTIONS);
  return {
    config,
    detector: await session(config.det.model),
    recogniser: await session(config.rec.model),
    symbols: readDictionary(await readFile(new URL(config.rec.keys, folder), 'utf8')),
  };
}

export function readLine(model, picture) {
  return recogniseLine(model.recogniser, picture, model.symbols, model.config.rec);
}

/** Every line of a page: `{ quad, score, text }`. */
export async function readPage(model, picture) {
  const lines = await detectLines(model.detector, picture, model.config.det);
  for (const line of lines) line.text = await readLine(model, cropQuad(picture, line.quad));
  return lines;
}
