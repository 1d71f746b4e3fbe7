import { HttpException } from '@nestjs/common';
import { ParleyError, type ErrorCode } from '../../inference/errors.js';
import { ERROR_STATUS } from './error-status.js';

/** An error that a client may see, and the status of its answer. */
export interface ShownError {
  readonly error: ParleyError;
  readonly status: number;
}

/** What Fastify refuses before a handler sees it; Nest hands its errors on as HttpExceptions. */
const REFUSALS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  413: ['payload_too_large', 'The body is larger than this route takes.'],
  415: ['unsupported_media', 'Send JSON, with Content-Type: application/json.'],
};

function shown(error: ParleyError): ShownError {
  return { error, status: ERROR_STATUS[error.code] };
}

/** Sorts whatever was thrown into the closed list. What is not on it becomes `internal`, its wording kept for the log. */
export function toShownError(thrown: unknown): ShownError {
  if (thrown instanceof ParleyError) return shown(thrown);
  if (hasLeft(thrown)) return shown(new ParleyError('cancelled', 'The request ended before its body was complete.'));
  if (thrown instanceof HttpException && thrown.getStatus() < 500) {
    const status = thrown.getStatus();
    const refusal = REFUSALS[status];
    if (refusal !== undefined) return shown(new ParleyError(...refusal));
    const message = status === 404 ? 'There is no such route.' : 'The request could not be read.';
    return { error: new ParleyError('invalid_request', message), status };
  }
  return shown(new ParleyError('internal', 'Something went wrong inside the service.'));
}

/** What Node makes of a connection that is closed, by either side, while a body is still arriving. */
function hasLeft(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message === 'aborted' && 'code' in thrown && thrown.code === 'ECONNRESET';
}
