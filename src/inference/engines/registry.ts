import type { EngineName } from '../catalogue/model-entry.js';
import type { EngineFactory } from './engine.js';

/** Engine name → its code, imported only in the runner that needs it. */
export const ENGINE_LOADERS: Readonly<Record<EngineName, () => Promise<EngineFactory>>> = {
  llama: async () => (await import('./llama/llama.engine.js')).createLlamaEngine,
};
