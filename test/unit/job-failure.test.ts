import { UnrecoverableError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, ParleyError } from '../../src/inference/errors.js';
import { toBullError, toFailure, toParleyError } from '../../src/jobs/core/job-failure.js';

/** Trouble that is likely to pass by itself. */
const MAY_PASS = ['overloaded', 'timeout', 'runner_crashed'];
const INTERNAL = { code: 'internal', message: 'Internal error.' };

describe('what a job fails with', () => {
  it.each(ERROR_CODES)('comes through BullMQ as it was: %s', (code) => {
    const error = new ParleyError(code, 'Größe "7"\nis too much.', { param: 'model', retryAfterSeconds: 3 });
    const failure = toFailure(toBullError(error).message);
    expect(failure).toEqual({ code, message: error.message, param: 'model', retryAfterSeconds: 3 });
    expect(toParleyError(failure)).toMatchObject({ ...failure, name: 'ParleyError' });
  });

  it.each(ERROR_CODES)('is tried again where it may pass, and only there: %s', (code) => {
    const unrecoverable = toBullError(new ParleyError(code, 'No.')) instanceof UnrecoverableError;
    expect(unrecoverable).toBe(!MAY_PASS.includes(code));
  });

  it('has no fields that were not given', () => {
    const failure = toFailure(toBullError(new ParleyError('forbidden', 'No.')).message);
    expect(failure).toEqual({ code: 'forbidden', message: 'No.' });
    expect(toParleyError(failure)).toMatchObject({ param: undefined, retryAfterSeconds: undefined });
  });

  it.each([new TypeError('x is undefined at /srv/a.js'), 'a string', null, undefined])(
    'tells nothing of what nobody expected: %s',
    (thrown) => {
      const error = toBullError(thrown);
      expect(error).toBeInstanceOf(UnrecoverableError);
      expect(toFailure(error.message)).toEqual(INTERNAL);
    },
  );

  it.each(['job stalled more than allowable limit', 'job started more than allowable limit'])(
    'says that the processes died where BullMQ says: %s',
    (reason) => {
      expect(toFailure(reason)).toMatchObject({ code: 'runner_crashed' });
      expect(toFailure(reason).message).not.toContain('allowable');
    },
  );

  it.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"code":"forbidden"}',
    '{"code":"forbidden","message":7}',
    '{"code":"invented","message":"No."}',
    '{"code":"toString","message":"No."}',
    'Missing lock for job 7. moveToFinished',
    '{"code":"forbidden","message":"No.',
  ])('is internal trouble where the reason is junk: %s', (reason) => {
    expect(toFailure(reason)).toEqual(INTERNAL);
  });
});
