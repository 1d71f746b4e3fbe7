import { HttpException } from '@nestjs/common';
import { ParleyError } from '../inference/errors.js';
import { ERROR_STATUS } from './error-status.js';

/** An error that a client may see, and the status of its answer. */
export interface ShownError {
  readonly error: ParleyError;
  readonly status: number;
}

interface FastifyErrorLike {
  readonly code: string;
  readonly statusCode?: number;
}

function isFastifyError(error: unknown): error is FastifyErrorLike {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
}

function shown(error: ParleyError): ShownError {
  return { error, status: ERROR_STATUS[error.code] };
}

function fromFastify(error: FastifyErrorLike): ShownError {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return shown(new ParleyError('payload_too_large', 'The body is larger than this route takes.'));
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return shown(new ParleyError('unsupported_media', 'Send JSON, with Content-Type: application/json.'));
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return shown(new ParleyError('invalid_request', 'The body is not as long as Content-Length says.'));
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? shown(new ParleyError('invalid_request', 'The request could not be read.'))
        : shown(new ParleyError('internal', 'Something went wrong inside the service.'));
  }
}

/** Sorts whatever was thrown into the closed list. What is not on it becomes `internal`, its wording kept for the log. */
export function toShownError(thrown: unknown): ShownError {
  if (thrown instanceof ParleyError) return shown(thrown);
  if (isFastifyError(thrown)) return fromFastify(thrown);
  if (thrown instanceof HttpException && thrown.getStatus() < 500) {
    const status = thrown.getStatus();
    const message = status === 404 ? 'There is no such route.' : 'The request could not be read.';
    return { error: new ParleyError('invalid_request', message), status };
  }
  return shown(new ParleyError('internal', 'Something went wrong inside the service.'));
}
