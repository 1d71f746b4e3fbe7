import type { Dialect } from '../../http/routing/dialect.js';
import { renderServiceError } from '../../http/errors/service-error.js';
import { ChatvlmModule } from './chatvlm.module.js';

export const CHATVLM: Dialect = {
  name: 'chatvlm',
  legacyPort: 8000,
  module: ChatvlmModule,
  renderError: renderServiceError,
  compatibility: async () => (await import('./chatvlm.compatibility.js')).COMPATIBILITY,
};
