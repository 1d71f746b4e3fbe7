import { InitError } from '../engine.js';

const OUT_OF_MEMORY = /bad_?alloc|bad allocation|failed to allocate|out of memory|not enough memory/i;
const TOO_NEW = /opset|ir[_ ]version|is not a registered function|No Op registered/i;
const INVALID_FILE = /protobuf|invalid_graph|load model|model_proto|external data|tensor|initializer|deserialize/i;

/** Sorts what onnxruntime throws while it opens `file`; its own wording, which holds paths, stays in the log. */
export function toInitError(error: unknown, file: string): InitError {
  if (error instanceof InitError) return error;
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  if (OUT_OF_MEMORY.test(message)) return new InitError('out-of-memory', 'there is not enough memory for it');
  if (TOO_NEW.test(message)) {
    return new InitError(
      'invalid-file',
      `${file} uses ONNX operators that this version does not know: export it again`,
    );
  }
  if (INVALID_FILE.test(message)) {
    return new InitError('invalid-file', `${file} is damaged or no ONNX model: fetch it again`);
  }
  return new InitError('failed', `the engine could not open ${file}`);
}
