import { InsufficientMemoryError } from 'node-llama-cpp';
import { InitError } from '../engine.js';

const OUT_OF_MEMORY = /insufficient memory|out of memory|failed to allocate|bad_alloc|not enough (?:v?ram|memory)/i;
const INVALID_FILE = /gguf|magic|tensor|metadata|corrupt|truncat|not within the file bounds|failed to load model/i;

/** Sorts what node-llama-cpp and llama.cpp throw while loading; the wording stays in the log. */
export function toInitError(error: unknown): InitError {
  if (error instanceof InitError) return error;
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InsufficientMemoryError || OUT_OF_MEMORY.test(message)) {
    return new InitError('out-of-memory', 'there is not enough memory for it');
  }
  if (INVALID_FILE.test(message)) return new InitError('invalid-file', 'its file is not a sound GGUF model');
  return new InitError('failed', 'the engine could not load it');
}
