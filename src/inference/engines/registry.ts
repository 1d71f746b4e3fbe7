import type { RunnerEngine } from '../catalogue/model-entry.js';
import type { EngineFactory } from './engine.js';

/** Engine name → its code, imported only in the runner that needs it. */
export const ENGINE_LOADERS: Readonly<Record<RunnerEngine, () => Promise<EngineFactory>>> = {
  llama: async () => (await import('./llama/create-engine.js')).createEngine,
  'paddle-ocr': async () => (await import('./paddle-ocr/paddle-ocr.engine.js')).createPaddleOcrEngine,
  transformers: async () => (await import('./transformers/transformers.engine.js')).createTransformersEngine,
  diffusion: async () => (await import('./diffusion/diffusion.engine.js')).createDiffusionEngine,
  piper: async () => (await import('./piper/piper.engine.js')).createPiperEngine,
};
