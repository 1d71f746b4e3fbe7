import type { ErrorCode } from '../../inference/errors.js';
import type { ErrorRenderer } from '../../http/routing/dialect.js';

/** OpenAI's error types. */
const TYPES = {
  invalid_request: 'invalid_request_error',
  validation: 'invalid_request_error',
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  model_not_found: 'invalid_request_error',
  job_not_found: 'invalid_request_error',
  model_not_loaded: 'invalid_request_error',
  payload_too_large: 'invalid_request_error',
  unsupported_media: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  rate_limited: 'rate_limit_error',
  cancelled: 'invalid_request_error',
  model_load_failed: 'server_error',
  runner_crashed: 'server_error',
  overloaded: 'overloaded_error',
  timeout: 'server_error',
  insufficient_storage: 'server_error',
  internal: 'server_error',
} as const satisfies Record<ErrorCode, string>;

/** OpenAI's `error` object, with the AI Model Interface Standard's `code` and `message` beside it. */
export const renderOpenAiError: ErrorRenderer = (error, status) => ({
  status,
  body: {
    error: { message: error.message, type: TYPES[error.code], param: error.param ?? null, code: error.code },
    code: status,
    message: error.message,
  },
});
