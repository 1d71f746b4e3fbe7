import type { Dialect } from '../../http/routing/dialect.js';
import { renderLlamaLocalError } from './llama-local.filter.js';
import { LlamaLocalModule } from './llama-local.module.js';

export const LLAMA_LOCAL: Dialect = {
  name: 'llama-local',
  legacyPort: 8000,
  module: LlamaLocalModule,
  renderError: renderLlamaLocalError,
  compatibility: async () => (await import('./llama-local.compatibility.js')).COMPATIBILITY,
};
