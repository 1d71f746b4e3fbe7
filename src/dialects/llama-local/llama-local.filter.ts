import type { ErrorRenderer } from '../../http/routing/dialect.js';

/** `{"detail": "…"}`. A model that is not there, or cannot be loaded, is 503, as the document says. */
export const renderLlamaLocalError: ErrorRenderer = (error, status) => ({
  status: error.code === 'model_not_loaded' || error.code === 'model_load_failed' ? 503 : status,
  body: { detail: error.message },
});
