import { ParleyError } from '../../inference/errors.js';

/** Runs what writes to FILES_DIR. Throws `insufficient_storage` when its disk is full. */
export async function unlessFull<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw new ParleyError('insufficient_storage', 'The disk of FILES_DIR is full: make room and ask again.', {
      cause: error,
    });
  }
}
