import { NoResult } from '../api/jobs/job-result.js';
import type { ErrorRenderer } from '../routing/dialect.js';

/** `{"detail": "…"}` */
export const renderRootError: ErrorRenderer = (error, status) => ({
  status: error instanceof NoResult ? error.status : status,
  body: { detail: error.message },
});

/** Both dialects' spellings, where the request could have been meant for either. */
export const renderSharedError: ErrorRenderer = (error, status) => ({
  status,
  body: { detail: error.message, error: error.message },
});
