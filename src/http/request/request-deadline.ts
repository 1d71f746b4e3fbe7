import type { FastifyRequest } from 'fastify';
import { ParleyError } from '../../inference/errors.js';

const HEADER = 'X-Request-Deadline';
const SECONDS = /^(\d{1,9}(?:\.\d{1,9})?)s?$/;
/** RFC 3339, whose zone is not optional. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * When the answer to a request is of no use any more, in milliseconds of `performance.now()`, so that a clock that jumps
 * meanwhile changes nothing; undefined: never. Throws `invalid_request` for what is neither a time nor seconds, and
 * `timeout` when it is over already.
 */
export function deadlineOf({ headers }: FastifyRequest): number | undefined {
  const header = headers['x-request-deadline'];
  if (header === undefined) return undefined;
  const left = typeof header === 'string' ? millisecondsLeft(header.trim()) : null;
  if (left === null) {
    throw new ParleyError(
      'invalid_request',
      `${HEADER} is a number of seconds from now, such as 30 or 2.5, or a time as RFC 3339 has it.`,
      { param: HEADER },
    );
  }
  if (left <= 0) throw new ParleyError('timeout', `The time of ${HEADER} is over.`);
  return performance.now() + left;
}

function millisecondsLeft(text: string): number | null {
  const seconds = SECONDS.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time - Date.now();
}
