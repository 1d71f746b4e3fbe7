import { existsSync, mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ParleyError } from '../errors.js';
import type { CatalogueEntry } from './catalogue-entry.js';
import { isGguf, stem } from './gguf-name.js';
import { installationOf, type Folders, type Installation } from './installation.js';
import { findLooseModels, type Taken } from './loose-models.js';
import { manifestPath } from './manifest-file.js';
import type { Manifest } from './manifest.js';
import {
  isInstalled,
  isRemote,
  isSupported,
  type HubSource,
  type InstalledModel,
  type ModelEntry,
  type PullSource,
  type RunnableModel,
} from './model-entry.js';
import { notInstalled, notRemovable, unsupported } from './refusals.js';
import { remoteSourceOf } from './remote-source.js';
import { removeInstallation } from './removal.js';

export interface CatalogueOptions {
  readonly entries: readonly CatalogueEntry[];
  readonly modelsDir: string;
  readonly startersDir: string;
  readonly aliases: ReadonlyMap<string, string>;
}

/** An entry and what is known of it beside that. */
interface Listed {
  readonly entry: ModelEntry;
  readonly installation: Installation | null;
  /** What a pull calls it. */
  readonly name: string;
}

/**
 * What models exist: the entries of models.yaml, every GGUF in MODELS_DIR, and what was pulled by name. The disk is read
 * at each question, so that a file copied in or removed by hand counts at once. Names are looked up in a list and never
 * become a path.
 */
export class Catalogue {
  private readonly folders: Folders;

  constructor(private readonly options: CatalogueOptions) {
    this.folders = { modelsDir: resolve(options.modelsDir), startersDir: resolve(options.startersDir) };
    mkdirSync(this.folders.modelsDir, { recursive: true });
  }

  /** True while MODELS_DIR is there; an operator may have removed or unmounted it. */
  modelsDirExists(): boolean {
    return existsSync(this.folders.modelsDir);
  }

  /** Every known model, installed or not, models.yaml first. */
  list(): ModelEntry[] {
    return this.survey().map(({ entry }) => entry);
  }

  /**
   * Finds a model by id or alias, both with or without `.gguf`, or by the name of its GGUF file. The operator's aliases
   * come before everything else. Throws `model_not_found`.
   */
  find(name: string): ModelEntry {
    const wanted = this.options.aliases.get(name) ?? name;
    const named = this.options.entries.find(({ id }) => id === wanted);
    if (named !== undefined) return this.listed(named).entry; // spares a look at all the others
    const entry = firstMatch(this.list(), [
      ({ id }) => id === wanted,
      ({ aliases }) => aliases.includes(wanted),
      ({ id, aliases }) => [id, ...aliases].some((one) => stem(one) === stem(wanted)),
      ({ hub }) => stemOfGguf(hub) === stem(wanted),
    ]);
    if (entry === undefined) {
      throw new ParleyError('model_not_found', `There is no model named "${name}".`, { param: 'model' });
    }
    return entry;
  }

  /** As {@link find}; also throws `model_not_found` when the model is known but its files are not here. */
  findInstalled(name: string): InstalledModel {
    const entry = this.find(name);
    if (!isInstalled(entry)) throw notInstalled(name, entry);
    return entry;
  }

  /** As {@link findInstalled}; also throws `invalid_request` when no engine runs the model, installed or not. */
  findRunnable(name: string): RunnableModel {
    const entry = this.find(name);
    if (!isSupported(entry)) throw unsupported(entry);
    if (!isInstalled(entry)) throw notInstalled(name, entry);
    return entry;
  }

  /** Throws `invalid_request` for a model that no engine of this version runs. */
  refuseUnsupported(entry: ModelEntry): void {
    if (!isSupported(entry)) throw unsupported(entry);
  }

  /** Throws `forbidden` for what cannot be removed: a starter model, and one that another server has. */
  refuseRemoval(entry: ModelEntry): void {
    if (isRemote(entry)) throw notRemovable(entry);
    if (!entry.starter) return;
    throw new ParleyError('forbidden', `"${entry.id}" is a starter model: it ships with Parley and stays.`);
  }

  /** What a pull of a model has to fetch. Null when it is from no repository. */
  sourceOf(entry: ModelEntry): PullSource | null {
    if (entry.hub === null) return null;
    return { name: this.surveyed(entry)?.name ?? entry.id, ...entry.hub };
  }

  /** What a pull of one file has to fetch: the entry that is this very file, else a model named like the file. */
  sourceOfFile(repo: string, file: string): PullSource {
    const entry = this.options.entries.find(
      ({ hub }) => hub?.repo === repo && hub.files.length === 1 && hub.files[0] === file,
    );
    return { name: entry?.id ?? basename(file), repo, revision: entry?.hub?.revision ?? null, files: [file] };
  }

  /** What the pull of an installed model left. Null for one that was put there by hand. */
  manifestOf(entry: ModelEntry): Manifest | null {
    return this.surveyed(entry)?.installation?.manifest?.content ?? null;
  }

  /**
   * Removes an installed model's files, but for those that are part of another installed model too. Throws `forbidden`
   * as {@link refuseRemoval} does.
   */
  async remove(entry: InstalledModel): Promise<void> {
    this.refuseRemoval(entry);
    const survey = this.survey();
    const own = survey.find((listed) => listed.entry.id === entry.id)?.installation;
    if (own === undefined || own === null) return; // gone meanwhile
    const others = survey.filter((listed) => listed.entry.id !== entry.id);
    const keep = new Set(others.flatMap(({ installation }) => installation?.files ?? []));
    await removeInstallation(own, keep, this.folders.modelsDir);
  }

  private surveyed({ id }: ModelEntry): Listed | undefined {
    const named = this.options.entries.find((entry) => entry.id === id);
    return named === undefined ? this.survey().find(({ entry }) => entry.id === id) : this.listed(named);
  }

  private listed(named: CatalogueEntry): Listed {
    const installation = installationOf(named, this.folders);
    return { entry: toModel(named, installation), installation, name: named.id };
  }

  private survey(): Listed[] {
    const named = this.options.entries.map((entry) => this.listed(entry));
    return [...named, ...findLooseModels(this.folders.modelsDir, this.takenBy(named))];
  }

  /** An entry's manifest is its own also while files are missing. */
  private takenBy(named: readonly Listed[]): Taken {
    const { modelsDir } = this.folders;
    const manifests = named.flatMap(({ entry: { hub, id } }) =>
      hub === null ? [] : [manifestPath(modelsDir, hub.repo, id)],
    );
    const files = named.flatMap(({ installation }) => installation?.files ?? []);
    return { ids: new Set(named.map(({ entry }) => entry.id)), paths: new Set([...manifests, ...files]) };
  }
}

function toModel(entry: CatalogueEntry, installation: Installation | null): ModelEntry {
  const { hub, remote } = entry;
  return {
    id: entry.id,
    aliases: entry.aliases ?? [],
    title: entry.title,
    engine: entry.engine,
    tasks: entry.tasks,
    path: installation?.path ?? null,
    starter: entry.starter !== undefined,
    hub: hub === undefined ? null : { repo: hub.repo, revision: hub.revision ?? null, files: hub.files },
    ...(remote !== undefined && { remote: remoteSourceOf(remote, entry.id) }),
    heavy: entry.heavy ?? false,
    params: entry.params ?? null,
    bytes: entry.bytes ?? null,
    licence: entry.licence ?? null,
    verified: entry.verified ?? true,
    sampling: { ...entry.sampling },
    contextSize: entry.context ?? null,
    created: installation?.created ?? 0,
  };
}

/** The first entry that passes the first test that any passes. */
function firstMatch(
  entries: readonly ModelEntry[],
  tests: readonly ((entry: ModelEntry) => boolean)[],
): ModelEntry | undefined {
  for (const test of tests) {
    const entry = entries.find(test);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** The file's name that a model in GGUF is known by. Other files have names like `config.json`, which are nobody's. */
function stemOfGguf(hub: HubSource | null): string | null {
  const name = basename(hub?.files[0] ?? '');
  return isGguf(name) ? stem(name) : null;
}
