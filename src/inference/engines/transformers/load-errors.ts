import { InitError } from '../engine.js';
import { toInitError as sortOnnxError } from '../onnx/load-errors.js';

const GRAPH_NAME = /([\w.-]+\.onnx(?:[._]data\w*)?)/;
const ALLOCATION = /alloc|out of memory/i;

/** Sorts what transformers.js and ONNX Runtime throw while loading; the wording, which holds paths, stays in the log. */
export function toInitError(error: unknown): InitError {
  if (error instanceof InitError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const graph = GRAPH_NAME.exec(message)?.[1];
  if (graph !== undefined) return sortOnnxError(error, `onnx/${graph}`);
  if (ALLOCATION.test(message)) return sortOnnxError(error, 'its graphs');
  console.error(error);
  return new InitError('failed', 'the engine could not load it: one of its JSON files does not fit the others');
}
