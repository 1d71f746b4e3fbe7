import { ParleyError } from '../../inference/errors.js';

/** As `JSON.stringify` escapes them: nothing else begins with `\u0000` or `\ud`. */
const UNKEPT = /(?<!\\)(?:\\\\)*\\u(?:0000|d)/;

/**
 * PostgreSQL keeps neither NUL nor halves of characters in JSON. Throws `invalid_request` for a job that holds one,
 * whichever the store is: nothing of what was asked for is changed without a word.
 */
export function refuseUnkept(job: unknown): void {
  if (!UNKEPT.test(JSON.stringify(job))) return;
  throw new ParleyError('invalid_request', 'A text holds NUL or half of a character (a lone surrogate).');
}
