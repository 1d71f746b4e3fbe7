import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, ManifestFile } from './manifest.js';

/** What every manifest's file name ends in. */
export const MANIFEST_SUFFIX = '.manifest.json';
/** Thousands of files. What is larger is none of ours, and would hold up every other request while it is read. */
const MAX_MANIFEST_BYTES = 4 * 1024 ** 2;

/** A manifest and where it lies. */
export interface StoredManifest {
  readonly path: string;
  readonly content: Manifest;
}

/** Where the manifest of the model `name` lies: beside the files of its repository. */
export function manifestPath(modelsDir: string, repo: string, name: string): string {
  return join(modelsDir, repo, `${name}${MANIFEST_SUFFIX}`);
}

/**
 * Reads the manifest of a repository's folder at `path`. Null when there is none, and when what is there is none or
 * speaks of another repository: anybody may write to MODELS_DIR.
 */
export function readManifest(path: string, repo: string): StoredManifest | null {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > MAX_MANIFEST_BYTES) return null;
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isManifest(parsed) && parsed.repo === repo ? { path, content: parsed } : null;
  } catch {
    return null;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { version, name, repo, revision, files, installedAt } = value as Readonly<Record<keyof Manifest, unknown>>;
  return (
    version === 1 &&
    [name, repo, revision, installedAt].every((text) => typeof text === 'string') &&
    Array.isArray(files) &&
    files.length > 0 &&
    files.every(isManifestFile)
  );
}

function isManifestFile(value: unknown): value is ManifestFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, size, sha256 } = value as Readonly<Record<keyof ManifestFile, unknown>>;
  return isPathBelow(path) && Number.isSafeInteger(size) && typeof sha256 === 'string';
}

/** Whether it leads below the folder that it is joined to: these are files that a removal deletes. */
function isPathBelow(path: unknown): path is string {
  return typeof path === 'string' && !/[\\\0]/.test(path) && path.split('/').every((part) => !/^\.*$/.test(part));
}
