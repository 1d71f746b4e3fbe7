import type { Dialect } from '../../http/routing/dialect.js';
import { renderMlBackendError } from './ml-backend.filter.js';
import { MlBackendModule } from './ml-backend.module.js';

export const ML_BACKEND: Dialect = {
  name: 'ml-backend',
  legacyPort: 8000,
  module: MlBackendModule,
  renderError: renderMlBackendError,
  compatibility: async () => (await import('./ml-backend.compatibility.js')).COMPATIBILITY,
};
