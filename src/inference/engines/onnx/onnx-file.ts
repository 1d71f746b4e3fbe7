import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InitError } from '../engine.js';

/** What every pointer that Git LFS leaves in the place of a large file begins with. */
const LFS_POINTER = 'version https://git-lfs';

/**
 * Bytes of a file of a model, which is named by its path inside the model's folder.
 * Throws {@link InitError} when it is not there, empty, or only a pointer to the real one.
 */
export async function sizeOfFile(folder: string, file: string): Promise<number> {
  const found = await stat(join(folder, file)).catch(() => null);
  if (found?.isFile() !== true) throw new InitError('invalid-file', `${file} is missing from its folder`);
  if (found.size === 0) throw new InitError('invalid-file', `${file} is empty: fetch it again`);
  if ((await beginningOf(join(folder, file))) === LFS_POINTER) {
    throw new InitError(
      'invalid-file',
      `${file} is a Git LFS pointer, not the file itself: fetch it with git lfs pull`,
    );
  }
  return found.size;
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LFS_POINTER.length), 0, LFS_POINTER.length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
