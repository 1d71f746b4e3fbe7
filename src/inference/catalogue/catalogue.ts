import { existsSync, mkdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
    const loose = found
      .filter((file) => !claimed.has(file.path))
      .map((file) => {
        const id = taken.has(file.name) ? [...file.folders, file.name].join('--') : file.name;
        taken.add(id);
        return fromDisk(id, file);
      });
    return [...named, ...loose];
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
      const where = entry.hub === null ? '' : ` Put ${entry.hub.file} into MODELS_DIR/${entry.hub.repo}/.`;
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

  private fromCatalogue(entry: CatalogueEntry): ModelEntry {
    const path =
      entry.starter === undefined
        ? entry.hub && join(this.modelsDir, entry.hub.repo, entry.hub.file)
        : join(this.startersDir, entry.starter);
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return {
      id: entry.id,
      title: entry.title,
      engine: entry.engine,
      tasks: entry.tasks,
      path: stat === undefined || path === undefined ? null : path,
      starter: entry.starter !== undefined,
      hub: entry.hub ?? null,
      heavy: entry.heavy ?? false,
      params: entry.params ?? null,
      sampling: { ...entry.sampling },
      contextSize: entry.context ?? null,
      created: stat === undefined ? 0 : Math.floor(stat.mtimeMs / 1000),
    };
  }
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
