import { NoResult } from '../api/jobs/job-result.js';
import type { ErrorRenderer } from '../routing/dialect.js';

/** `{"detail": "…"}`: errors at the root and of the service's own routes. */
export const renderServiceError: ErrorRenderer = (error, status) => ({
  status: error instanceof NoResult ? error.status : status,
  body: { detail: error.message },
});

/** Both dialects' spellings, where the request could have been meant for either. */
export const renderSharedError: ErrorRenderer = (error, status) => ({
  status,
  body: { detail: error.message, error: error.message },
});
