import { rm, rmdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import type { Installation } from './installation.js';

/**
 * Removes an installed model: first its manifest, so that what is left of an interrupted removal is not taken for an
 * installed model, then its files but for those to be kept, then the folders that are empty now.
 */
export async function removeInstallation(
  { files, manifest }: Installation,
  keep: ReadonlySet<string>,
  modelsDir: string,
): Promise<void> {
  const doomed = files.filter((file) => !keep.has(file));
  for (const path of [...(manifest === null ? [] : [manifest.path]), ...doomed]) await rm(path, { force: true });
  for (const folder of new Set(files.map(dirname))) await removeEmptyFolders(folder, modelsDir);
}

/** Removes a folder and those above it as long as they are empty, and never `root` itself. */
async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let path = folder; path.startsWith(root + sep); path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      return; // something else lies in it
    }
  }
}
