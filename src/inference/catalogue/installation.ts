import { basename, join } from 'node:path';
import type { CatalogueEntry, HubEntry } from './catalogue-entry.js';
import { filesIn, statOfFile, type FoundFile } from './disk-scan.js';
import { partsOf } from './gguf-name.js';
import { manifestPath, readManifest, type StoredManifest } from './manifest-file.js';
import type { EngineName } from './model-entry.js';

/** Where the files of an installed model lie. All paths are absolute. */
export interface Installation {
  /** What the engine opens: a file or a folder. */
  readonly path: string;
  readonly files: readonly string[];
  /** Null for files that were put there by hand. */
  readonly manifest: StoredManifest | null;
  /** Seconds since 1970 of the first file's last change. */
  readonly created: number;
}

export interface Folders {
  readonly modelsDir: string;
  /** The starter models of the package. */
  readonly startersDir: string;
}

type Opened = 'file' | 'folder';

/** Whether an engine opens a model's first file, or the folder of its repository. */
const OPENS: Readonly<Record<Exclude<EngineName, 'remote'>, Opened>> = {
  llama: 'file',
  'paddle-ocr': 'folder',
  transformers: 'folder',
  diffusion: 'folder',
  piper: 'folder',
  unsupported: 'folder',
};

/** Finds an entry's files. Null when they are not here, or not all of them, or not as large as their manifest says. */
export function installationOf(entry: CatalogueEntry, folders: Folders): Installation | null {
  const { starter, hub, engine } = entry;
  if (engine === 'remote') return null;
  const opens = OPENS[engine];
  if (starter !== undefined) return starterAt(join(folders.startersDir, starter), opens, folders.modelsDir);
  if (hub === undefined) return null;
  return pulled(entry.id, opens, hub, folders.modelsDir) ?? dropped(opens, hub, folders.modelsDir);
}

/** A model that was pulled by the name of its file, found by its manifest. Null as for {@link installationOf}. */
export function installationByManifest({ path, folders }: FoundFile, modelsDir: string): Installation | null {
  const manifest = readManifest(path, folders.join('/'));
  return manifest === null ? null : installed([], manifest, modelsDir);
}

/** A model in GGUF that was found on disk. Null as for {@link installationOf}. */
export function installationByFile({ folders, name }: FoundFile, modelsDir: string): Installation | null {
  const repo = folders.join('/');
  const manifest = folders.length === 2 ? readManifest(manifestPath(modelsDir, repo, name), repo) : null;
  return installed(pulledPaths(modelsDir, { repo, files: partsOf(name) }), manifest, modelsDir);
}

function starterAt(path: string, opens: Opened, modelsDir: string): Installation | null {
  if (opens === 'file') return installed([path], null, modelsDir);
  const found = installed(filesIn(path), null, modelsDir);
  return found === null ? null : { ...found, path };
}

/** Where a pull puts files of a repository. */
function pulledPaths(modelsDir: string, { repo, files }: Pick<HubEntry, 'repo' | 'files'>): string[] {
  return files.map((file) => join(modelsDir, repo, file));
}

function pulled(id: string, opens: Opened, hub: HubEntry, modelsDir: string): Installation | null {
  const files = pulledPaths(modelsDir, hub);
  // Most entries are not installed: for them this is all that is asked of the disk.
  if (files[0] === undefined || statOfFile(files[0]) === null) return null;
  const manifest = readManifest(manifestPath(modelsDir, hub.repo, id), hub.repo);
  const found = installed(files, manifest, modelsDir);
  return found !== null && opens === 'folder' ? { ...found, path: join(modelsDir, hub.repo) } : found;
}

/** Files lying in MODELS_DIR itself. Those of a folder are not looked for there: `config.json` is anybody's. */
function dropped(opens: Opened, { files }: HubEntry, modelsDir: string): Installation | null {
  if (opens === 'folder') return null;
  const paths = files.map((file) => join(modelsDir, basename(file)));
  return installed(paths, null, modelsDir);
}

/**
 * The installation of these files, the first of which is opened, and of those that the manifest lists. Null unless all
 * are here, and as large as they were when they were pulled.
 */
function installed(needed: readonly string[], manifest: StoredManifest | null, modelsDir: string): Installation | null {
  const sizes = manifest === null ? new Map<string, number>() : sizesOf(manifest, modelsDir);
  const files = [...new Set([...needed, ...sizes.keys()])];
  let created: number | null = null;
  for (const file of files) {
    const stat = statOfFile(file);
    if (stat === null) return null;
    if (stat.size !== (sizes.get(file) ?? stat.size)) return null;
    created ??= Math.floor(stat.mtimeMs / 1000);
  }
  const [path] = files;
  return path === undefined || created === null ? null : { path, files, manifest, created };
}

/** Absolute path → bytes. */
function sizesOf({ content: { repo, files } }: StoredManifest, modelsDir: string): Map<string, number> {
  return new Map(files.map(({ path, size }) => [join(modelsDir, repo, path), size]));
}
