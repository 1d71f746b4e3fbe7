/** The evaluation sentences and what espeak-ng makes of them, kept in `evaluation_references.json`. */
import { readFileSync } from 'node:fs';

import { COEFFICIENTS } from './mel_cepstra.mjs';

export const SENTENCES = new URL('./evaluation_sentences.txt', import.meta.url);
export const REFERENCES = new URL('./evaluation_references.json', import.meta.url);

const STEP = 1e-3; // of a stored coefficient

export function readSentences() {
  return readFileSync(SENTENCES, 'utf8').trim().split('\n');
}

/** @returns {{ anchors: Record<string, number>, sentences: { text, seconds, cepstra }[] }} */
export function readReferences() {
  const { anchors, sentences } = JSON.parse(readFileSync(REFERENCES, 'utf8'));
  return { anchors, sentences: sentences.map((entry) => ({ ...entry, cepstra: unpack(entry.cepstra) })) };
}

/** Frames as base64 of 16-bit integers. */
export function pack(frames) {
  const numbers = Int16Array.from(frames.flatMap((frame) => Array.from(frame, (value) => Math.round(value / STEP))));
  return Buffer.from(numbers.buffer).toString('base64');
}

function unpack(text) {
  const bytes = Buffer.from(text, 'base64');
  const numbers = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Array.from({ length: numbers.length / COEFFICIENTS }, (_, frame) =>
    Float64Array.from(numbers.subarray(frame * COEFFICIENTS, (frame + 1) * COEFFICIENTS), (value) => value * STEP),
  );
}
