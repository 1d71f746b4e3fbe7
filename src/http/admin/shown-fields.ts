import { isJsonObject } from '../../inference/json-value.js';
import type { JobKind, JobPayloads, JobResults } from '../../jobs/kinds/kinds.js';

type Fields<T> = readonly (T extends null ? never : keyof T & string)[];

/** What the board shows of what a job was asked. Prompts, texts, and what leads to files of clients, stay out of it. */
const PAYLOAD: { readonly [K in JobKind]: Fields<JobPayloads[K]> } = {
  pull: ['name', 'repo', 'revision', 'files'],
  launch: ['model', 'contextSize'],
  ocr: ['model', 'language', 'dialect'],
  'batch-ocr': [],
  image: ['model', 'size', 'steps', 'guidanceScale', 'seed', 'count', 'previewEvery', 'dialect'],
  speech: ['model', 'voice', 'speed', 'format', 'dialect'],
};

/** Of what it has left: whoever knows the name of a picture or a recording may fetch it. */
const RESULT: { readonly [K in JobKind]: Fields<JobResults[K]> } = {
  pull: ['name', 'repo', 'revision', 'files', 'bytes'],
  launch: [],
  ocr: ['model', 'seconds'],
  'batch-ocr': [],
  image: ['model', 'created', 'seed'],
  speech: ['voice', 'seconds'],
};

const DATA = ['keyId', 'reply', 'stays', 'cancelled'];
const PROGRESS = ['done', 'total', 'unit', 'remainingSeconds'];

/** A job's data without anything that is its owner's own. */
export function shownData(kind: JobKind, data: unknown): Record<string, unknown> {
  const payload = isJsonObject(data) ? data.payload : null;
  return { ...pick(data, DATA), payload: pick(payload, PAYLOAD[kind]) };
}

export function shownResult(kind: JobKind, result: unknown): Record<string, unknown> | null {
  return result === null || result === undefined ? null : pick(result, RESULT[kind]);
}

/** BullMQ has 0 for what has not reported yet. */
export function shownProgress(progress: unknown): unknown {
  return typeof progress === 'object' ? pick(progress, PROGRESS) : progress;
}

function pick(value: unknown, fields: readonly string[]): Record<string, unknown> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => fields.includes(name)));
}
