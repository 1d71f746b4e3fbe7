import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** A `.gguf` file found under MODELS_DIR. */
export interface FoundFile {
  /** Path from MODELS_DIR: `<file>` or `<user>/<repo>/<file>`. */
  readonly folders: readonly string[];
  readonly name: string;
  readonly path: string;
  readonly created: number;
}

/** Pulled files lie at `<user>/<repo>/<file>`; nothing is looked for deeper. */
const MAX_DEPTH = 3;

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // a folder that vanished or may not be read holds no models
  }
}

function secondsOfChange(path: string): number | null {
  try {
    return Math.floor(statSync(path).mtimeMs / 1000);
  } catch {
    return null; // removed since the folder was read
  }
}

/** Finds model files, in an order that does not depend on the file system. */
export function findModelFiles(root: string, folders: readonly string[] = []): FoundFile[] {
  const found: FoundFile[] = [];
  const entries = entriesOf(join(root, ...folders)).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(root, ...folders, entry.name);
    if (entry.isDirectory()) {
      if (folders.length + 1 < MAX_DEPTH) found.push(...findModelFiles(root, [...folders, entry.name]));
    } else if (entry.name.toLowerCase().endsWith('.gguf')) {
      const created = secondsOfChange(path);
      if (created !== null) found.push({ folders, name: entry.name, path, created });
    }
  }
  return found;
}
