import type { ErrorCode } from '../../inference/errors.js';

/** The HTTP status of each error code, where a dialect does not say otherwise. */
export const ERROR_STATUS = {
  invalid_request: 400,
  validation: 400,
  unauthorized: 401,
  forbidden: 403,
  model_not_found: 404,
  job_not_found: 404,
  model_not_loaded: 409,
  payload_too_large: 413,
  unsupported_media: 400,
  context_length_exceeded: 400,
  rate_limited: 429,
  cancelled: 499,
  model_load_failed: 500,
  runner_crashed: 502,
  overloaded: 503,
  timeout: 504,
  insufficient_storage: 507,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;
