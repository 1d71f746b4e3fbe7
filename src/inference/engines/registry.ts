import type { RunnerEngine } from '../catalogue/model-entry.js';
import type { EngineFactory } from './engine.js';

/** Engine name → its code, imported only in the runner that needs it. */
export const ENGINE_LOADERS: Readonly<Record<RunnerEngine, () => Promise<EngineFactory>>> = {
  llama: async () => (await import('./llama/llama.engine.js')).createLlamaEngine,
};
