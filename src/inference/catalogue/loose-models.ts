import { basename } from 'node:path';
import { scanModels, type FoundFile } from './disk-scan.js';
import { isGgufModel, partsOf, stem } from './gguf-name.js';
import { installationByFile, installationByManifest, type Installation } from './installation.js';
import { MANIFEST_SUFFIX } from './manifest-file.js';
import type { LocalModel } from './model-entry.js';

/** A model that lies in MODELS_DIR and is in no entry. */
export interface LooseModel {
  readonly entry: LocalModel;
  readonly installation: Installation;
  /** What a pull calls it: the name of its file. */
  readonly name: string;
}

/** What the entries have for themselves. */
export interface Taken {
  readonly ids: ReadonlySet<string>;
  /** Absolute paths of model files and manifests. */
  readonly paths: ReadonlySet<string>;
}

interface Loose {
  readonly file: FoundFile;
  readonly name: string;
  readonly installation: Installation;
  /** Whether llama.cpp can open it. */
  readonly isGguf: boolean;
}

/**
 * Finds the models in MODELS_DIR that are in no entry: every GGUF, and whatever else was pulled by name, which only its
 * manifest tells from any other file.
 */
export function findLooseModels(modelsDir: string, taken: Taken): LooseModel[] {
  const scan = scanModels(modelsDir);
  const ggufs = scan.ggufs.filter(({ path }) => !taken.paths.has(path)).flatMap((file) => looseFile(file, modelsDir));
  const paths = new Set([...taken.paths, ...ggufs.flatMap(({ installation }) => installation.files)]);
  const pulled = scan.manifests
    .filter(({ path }) => !taken.paths.has(path))
    .flatMap((file) => looseManifest(file, modelsDir))
    .filter(({ installation }) => !paths.has(installation.path));
  const all = [...ggufs, ...pulled];
  const ids = idsOf(all, taken.ids);
  return all.map((loose) => toModel(loose, ids.get(loose) ?? loose.name));
}

function looseFile(file: FoundFile, modelsDir: string): Loose[] {
  const installation = installationByFile(file, modelsDir);
  return installation === null ? [] : [{ file, name: file.name, installation, isGguf: true }];
}

function looseManifest(file: FoundFile, modelsDir: string): Loose[] {
  const installation = installationByManifest(file, modelsDir);
  if (installation === null) return [];
  const opened = basename(installation.path);
  // A part whose other parts are missing can be listed and removed, and no more.
  const isGguf = isGgufModel(opened) && partsOf(opened).length === 1;
  return [{ file, name: basename(file.name, MANIFEST_SUFFIX), installation, isGguf }];
}

/** Files in MODELS_DIR itself choose first: their plain names are theirs. */
function idsOf(all: readonly Loose[], taken: ReadonlySet<string>): Map<Loose, string> {
  const ids = new Map<Loose, string>();
  const given = new Set(taken);
  for (const loose of all.toSorted((a, b) => a.file.folders.length - b.file.folders.length)) {
    const id = freeId(loose, given);
    given.add(id);
    ids.set(loose, id);
  }
  return ids;
}

/** The file's name; with its folders before it when that is taken, and then a number. */
function freeId({ file, name }: Loose, taken: ReadonlySet<string>): string {
  const long = [...file.folders, name].join('--');
  let id = taken.has(name) ? long : name;
  for (let number = 2; taken.has(id); number++) id = `${long}--${String(number)}`;
  return id;
}

function toModel({ file, name, installation, isGguf }: Loose, id: string): LooseModel {
  const { path, created, manifest } = installation;
  const files = manifest?.content.files.map((one) => one.path) ?? partsOf(file.name);
  const entry: LocalModel = {
    id,
    aliases: [],
    title: stem(id),
    engine: isGguf ? 'llama' : 'unsupported',
    tasks: isGguf ? ['text-generation'] : [],
    path,
    starter: false,
    hub: file.folders.length === 2 ? { repo: file.folders.join('/'), revision: null, files } : null,
    heavy: false,
    params: null,
    bytes: null,
    licence: null,
    verified: true,
    sampling: {},
    contextSize: null,
    created,
  };
  return { entry, installation, name };
}
