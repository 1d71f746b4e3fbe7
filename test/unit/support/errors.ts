import { expect } from 'vitest';
import { ParleyError } from '../../../src/inference/errors.js';

/** The error that `work` throws or rejects with, which must be one of the closed list. */
export async function errorOf(work: () => unknown): Promise<ParleyError> {
  let thrown: unknown;
  try {
    await work();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ParleyError);
  return thrown as ParleyError;
}

/** The message that `work` throws. */
export function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing was thrown');
}
