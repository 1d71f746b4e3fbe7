import { expect } from 'vitest';
import { ParleyError } from '../../../src/inference/errors.js';

/** The error that a promise rejects with, which must be one of the closed list. */
export async function errorOf(promise: Promise<unknown>): Promise<ParleyError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ParleyError);
  return thrown as ParleyError;
}
