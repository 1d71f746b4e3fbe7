import { statfs } from 'node:fs/promises';
import { ParleyError } from '../inference/errors.js';

/** Left free for everything else that writes to the disk. */
const RESERVE_BYTES = 256 * 1024 ** 2;

/** Bytes that may still be written to the file system of a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

export const freeBytesOf: FreeBytes = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** `4.7 GiB`, `312.0 MiB` */
function inWords(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** Throws `insufficient_storage` when `missing` bytes and a reserve do not fit. */
export function requireFree(missing: number, free: number): void {
  if (missing === 0 || free >= missing + RESERVE_BYTES) return;
  throw new ParleyError(
    'insufficient_storage',
    `The download needs ${inWords(missing + RESERVE_BYTES)} of disk, ${inWords(RESERVE_BYTES)} of it in reserve, and ` +
      `${inWords(free)} are free in MODELS_DIR: make room and pull again.`,
  );
}

/** What an error of the file system means to clients; null for any other error. */
export function storageError(error: unknown): ParleyError | null {
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ParleyError(
      'insufficient_storage',
      'The disk of MODELS_DIR became full during the download: make room and pull again; it goes on where it stopped.',
      { cause: error },
    );
  }
  if (code === null) return null;
  return new ParleyError('internal', 'MODELS_DIR cannot be written: the operator has to look after it.', {
    cause: error,
  });
}
