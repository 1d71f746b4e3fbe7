import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';

/** Removes the files below a folder that nobody has touched for so long. A folder that is not there has none. */
export async function sweepFolder(folder: string, ttlSeconds: number, now = Date.now()): Promise<void> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (entry.isFile()) await removeIfOlder(join(entry.parentPath, entry.name), now - ttlSeconds * 1000);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      new Logger('Files').warn(`old files are left: ${String(error)}`);
    }
  }
}

async function removeIfOlder(path: string, limit: number): Promise<void> {
  const { mtimeMs } = await stat(path);
  if (mtimeMs < limit) await rm(path, { force: true });
}
