import type { Dialect } from '../../http/routing/dialect.js';
import { renderOpenAiError } from './openai.filter.js';
import { OpenAICompatModule } from './openai.module.js';

export const OPENAI: Dialect = {
  name: 'openai',
  legacyPort: 1088,
  module: OpenAICompatModule,
  renderError: renderOpenAiError,
  compatibility: async () => (await import('./openai.compatibility.js')).COMPATIBILITY,
};
