import type { RunnerSpec } from '../../runners/protocol.js';
import type { Engine } from '../engine.js';
import { createLlamaEngine } from './llama.engine.js';
import { createVectorEngine } from './vectors/vector.engine.js';

/** A GGUF that makes text is one thing to run, one that only reads another; what a file is for is the catalogue's word. */
export function createEngine(spec: RunnerSpec): Engine {
  const { tasks } = spec;
  const reads = tasks.includes('feature-extraction') || tasks.includes('text-ranking');
  return reads && !tasks.includes('text-generation') ? createVectorEngine(spec) : createLlamaEngine(spec);
}
