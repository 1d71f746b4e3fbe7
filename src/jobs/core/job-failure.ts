import { UnrecoverableError } from 'bullmq';
import { ERROR_CODES, ParleyError, type ErrorCode } from '../../inference/errors.js';
import type { JobFailure } from './job.js';

/** Trouble that may pass by itself; the rest would only come again. */
const MAY_PASS: ReadonlySet<ErrorCode> = new Set(['overloaded', 'timeout', 'runner_crashed']);

/** What BullMQ says of a job whose workers died under it more often than it allows. */
const STALLED = /stalled|started more than/i;

/** The error that a processor throws: BullMQ keeps its message, so the message carries the code. */
export function toBullError(error: unknown): Error {
  const known = error instanceof ParleyError ? error : new ParleyError('internal', 'Internal error.', { cause: error });
  const { code, message, param, retryAfterSeconds } = known;
  const failure: JobFailure = {
    code,
    message,
    ...(param !== undefined && { param }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  const text = JSON.stringify(failure);
  return MAY_PASS.has(code) ? new Error(text) : new UnrecoverableError(text);
}

/** Reads what {@link toBullError} wrote, or what BullMQ itself gave as the reason. */
export function toFailure(reason: string): JobFailure {
  const failure = parsed(reason);
  if (failure !== null) return failure;
  if (STALLED.test(reason)) {
    return { code: 'runner_crashed', message: 'The processes that worked on the job ended under it, again and again.' };
  }
  return { code: 'internal', message: 'Internal error.' };
}

export function toParleyError({ code, message, ...details }: JobFailure): ParleyError {
  return new ParleyError(code, message, details);
}

function parsed(reason: string): JobFailure | null {
  try {
    const value = JSON.parse(reason) as JobFailure;
    return ERROR_CODES.includes(value.code) && typeof value.message === 'string' ? value : null;
  } catch {
    return null;
  }
}
