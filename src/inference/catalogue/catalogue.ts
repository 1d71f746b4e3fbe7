import { existsSync, mkdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ParleyError } from '../errors.js';
import { findModelFiles, type FoundFile } from './disk-scan.js';
import { isInstalled, type InstalledModel, type ModelEntry } from './model-entry.js';
import type { CatalogueEntry } from './models-file.js';

export interface CatalogueOptions {
  readonly entries: readonly CatalogueEntry[];
  readonly modelsDir: string;
  readonly startersDir: string;
  readonly aliases: ReadonlyMap<string, string>;
}

const GGUF = /\.gguf$/i;

function stem(name: string): string {
  return name.replace(GGUF, '');
}

/**
 * What models exist: the entries of models.yaml and every `.gguf` in MODELS_DIR. The disk is read at each question, so
 * that a file copied in or removed by hand counts at once. Names are looked up in a map and never become a path.
 */
export class Catalogue {
  private readonly modelsDir: string;
  private readonly startersDir: string;

  constructor(private readonly options: CatalogueOptions) {
    this.modelsDir = resolve(options.modelsDir);
    this.startersDir = resolve(options.startersDir);
    mkdirSync(this.modelsDir, { recursive: true });
  }

  /** True while MODELS_DIR is there; an operator may have removed or unmounted it. */
  modelsDirExists(): boolean {
    return existsSync(this.modelsDir);
  }

  /** Every known model, installed or not, models.yaml first. */
  list(): ModelEntry[] {
    const found = findModelFiles(this.modelsDir);
    const named = this.options.entries.map((entry) => this.fromCatalogue(entry));
    const claimed = new Set(named.map((entry) => entry.path));
    const taken = new Set(named.map((entry) => entry.id));
    const loose = found.filter((file) => !claimed.has(file.path));
    const ids = new Map<FoundFile, string>();
    // Files in MODELS_DIR itself choose first: their plain names are theirs.
    for (const file of loose.toSorted((a, b) => a.folders.length - b.folders.length))
      ids.set(file, freeId(file, taken));
    return [...named, ...loose.map((file) => fromDisk(ids.get(file) ?? file.name, file))];
  }

  /** Finds a model by id, by id with or without `.gguf`, or by alias. Throws `model_not_found`. */
  find(name: string): ModelEntry {
    const entries = this.list();
    const wanted = this.options.aliases.get(name) ?? name;
    const entry =
      entries.find((candidate) => candidate.id === wanted) ??
      entries.find((candidate) => stem(candidate.id) === stem(wanted)) ??
      entries.find((candidate) => candidate.hub !== null && stem(candidate.hub.file) === stem(wanted));
    if (entry === undefined) {
      throw new ParleyError('model_not_found', `There is no model named "${name}".`, { param: 'model' });
    }
    return entry;
  }

  /** As {@link find}; also throws `model_not_found` when the model is known but its file is not here. */
  findInstalled(name: string): InstalledModel {
    const entry = this.find(name);
    if (!isInstalled(entry)) {
      const where = entry.hub === null ? '' : ` Put ${basename(entry.hub.file)} into MODELS_DIR/${entry.hub.repo}/.`;
      throw new ParleyError('model_not_found', `The model "${name}" is known but not installed.${where}`, {
        param: 'model',
      });
    }
    return entry;
  }

  /** Throws `forbidden` for a starter model: those are read-only. */
  refuseStarter(entry: ModelEntry): void {
    if (!entry.starter) return;
    throw new ParleyError('forbidden', `"${entry.id}" is a starter model: it ships with Parley and stays.`);
  }

  /** Removes an installed model's file. Throws `forbidden` for a starter model. */
  async remove(entry: InstalledModel): Promise<void> {
    this.refuseStarter(entry);
    await rm(entry.path);
  }

  /** Where an entry's file may lie: where a pull puts it, or dropped into MODELS_DIR by hand. */
  private placesOf({ starter, hub }: CatalogueEntry): string[] {
    if (starter !== undefined) return [join(this.startersDir, starter)];
    if (hub === undefined) return [];
    return [join(this.modelsDir, hub.repo, hub.file), join(this.modelsDir, basename(hub.file))];
  }

  private fromCatalogue(entry: CatalogueEntry): ModelEntry {
    const found = this.placesOf(entry).flatMap((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ path, created: Math.floor(stat.mtimeMs / 1000) }];
    })[0];
    return {
      id: entry.id,
      title: entry.title,
      engine: entry.engine,
      tasks: entry.tasks,
      path: found?.path ?? null,
      starter: entry.starter !== undefined,
      hub: entry.hub ?? null,
      heavy: entry.heavy ?? false,
      params: entry.params ?? null,
      sampling: { ...entry.sampling },
      contextSize: entry.context ?? null,
      created: found?.created ?? 0,
    };
  }
}

/** The file's name; with its folders before it when that is taken, and then a number. */
function freeId(file: FoundFile, taken: Set<string>): string {
  const long = [...file.folders, file.name].join('--');
  let id = taken.has(file.name) ? long : file.name;
  for (let number = 2; taken.has(id); number++) id = `${long}--${String(number)}`;
  taken.add(id);
  return id;
}

function fromDisk(id: string, file: FoundFile): InstalledModel {
  return {
    id,
    title: stem(id),
    engine: 'llama',
    tasks: ['text-generation'],
    path: file.path,
    starter: false,
    hub: file.folders.length === 2 ? { repo: file.folders.join('/'), file: file.name } : null,
    heavy: false,
    params: null,
    sampling: {},
    contextSize: null,
    created: file.created,
  };
}
