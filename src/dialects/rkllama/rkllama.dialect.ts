import type { Dialect } from '../../http/routing/dialect.js';
import { renderRkllamaError } from './rkllama.filter.js';
import { RkllamaModule } from './rkllama.module.js';

export const RKLLAMA: Dialect = {
  name: 'rkllama',
  legacyPort: 8080,
  module: RkllamaModule,
  renderError: renderRkllamaError,
  compatibility: async () => (await import('./rkllama.compatibility.js')).COMPATIBILITY,
};
