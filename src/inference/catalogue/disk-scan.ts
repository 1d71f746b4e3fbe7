import { readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { join } from 'node:path';
import { isGgufModel } from './gguf-name.js';
import { MANIFEST_SUFFIX } from './manifest-file.js';

/** A file found under MODELS_DIR. */
export interface FoundFile {
  /** Folders from MODELS_DIR: none, or `<user>`, or `<user>` and `<repo>`. */
  readonly folders: readonly string[];
  readonly name: string;
  readonly path: string;
}

export interface Scan {
  /** Models in GGUF; of a model in several parts, the first. */
  readonly ggufs: readonly FoundFile[];
  /** What pulls left beside their files. */
  readonly manifests: readonly FoundFile[];
}

/** Pulled files lie at `<user>/<repo>/<file>`; nothing is looked for deeper. */
const MAX_DEPTH = 3;

/** Finds model files and manifests, in an order that does not depend on the file system. */
export function scanModels(root: string): Scan {
  const files = [...filesBelow(root, [])];
  return {
    ggufs: files.filter(({ name }) => isGgufModel(name)),
    manifests: files.filter(({ name, folders }) => name.endsWith(MANIFEST_SUFFIX) && folders.length === 2),
  };
}

/** Paths of all files in a folder, at any depth. Empty where there is none. */
export function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  } catch {
    return [];
  }
}

/** A file's size and time; links are followed. Null where no file is, or none that may be looked at. */
export function statOfFile(path: string): Stats | null {
  const stat = statOf(path);
  return stat?.isFile() === true ? stat : null;
}

function* filesBelow(root: string, folders: readonly string[]): Generator<FoundFile> {
  const entries = entriesOf(join(root, ...folders)).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(root, ...folders, entry.name);
    if (!isFolder(entry, path)) yield { folders, name: entry.name, path };
    else if (folders.length + 1 < MAX_DEPTH) yield* filesBelow(root, [...folders, entry.name]);
  }
}

/** Hidden files and folders are left out: partial downloads lie in one. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  } catch {
    return []; // a folder that vanished or may not be read holds no models
  }
}

/** A link to a folder counts as one: models often lie on another disk. */
function isFolder(entry: Dirent, path: string): boolean {
  return entry.isSymbolicLink() ? statOf(path)?.isDirectory() === true : entry.isDirectory();
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a link to itself, a folder that may not be entered
  }
}
