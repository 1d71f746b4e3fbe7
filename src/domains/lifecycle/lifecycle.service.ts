import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { isInstalled, type ModelEntry } from '../../inference/catalogue/model-entry.js';
import { ParleyError, ShuttingDown } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import { ModelPointers } from './model-pointers.js';

export interface LaunchRequest {
  readonly model: string;
  /** Least context in tokens; null: the default. The model's own is the most. */
  readonly contextSize: number | null;
  /** The client named the size; else it is the dialect's default. */
  readonly namesContext?: boolean;
}

/** The files that a model is made of, on the hub. */
export interface ModelSource {
  /** What the model is called once it is installed. */
  readonly name: string;
  /** `<user>/<repo>`. */
  readonly repo: string;
  /** Branch, tag or commit; null: the repository's main branch. */
  readonly revision: string | null;
  readonly files: readonly string[];
}

/** Loading, unloading, removing and listing models. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly inference: InferenceService,
    private readonly pointers: ModelPointers,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Loads a model; with a larger context than it has, it is reloaded once its running requests have ended. */
  async launch({ model, contextSize }: LaunchRequest, signal: AbortSignal): Promise<void> {
    this.checkLaunch(model);
    await this.inference.load(model, { contextSize, pin: false }, signal);
  }

  /**
   * Throws what keeps a model from being launched at all: `model_not_found`, `forbidden` for a heavy one that this
   * version hides, `invalid_request` for one that no engine runs. @returns its id.
   */
  checkLaunch(model: string): string {
    const { catalogue } = this.inference;
    const entry = catalogue.find(model);
    this.refuseHeavy(entry);
    catalogue.refuseUnsupported(entry);
    return entry.id;
  }

  /**
   * As {@link checkLaunch}; throws `invalid_request` for a context below the one that a preloaded model keeps for all API
   * keys.
   */
  checkLaunchRequest({ model, contextSize, namesContext = false }: LaunchRequest): string {
    const id = this.checkLaunch(model);
    if (contextSize === null || !namesContext || !this.isInstalled(model)) return id;
    const least = this.inference.pinnedContextOf(model);
    if (least === null || contextSize >= least) return id;
    throw new ParleyError(
      'invalid_request',
      `n_ctx is ${String(contextSize)}, and "${id}" is preloaded with a context of ${String(least)} tokens that all API ` +
        `keys use: ask for ${String(least)} or more, or leave n_ctx out.`,
      { param: 'n_ctx' },
    );
  }

  /** As {@link checkLaunch}, where heavy models alone are launched. */
  checkHeavyLaunch(model: string): string {
    const entry = this.inference.catalogue.find(model);
    if (!this.settings.fullVersion) throw new ParleyError('forbidden', 'Heavy models need FULL_VERSION=true.');
    if (!entry.heavy) {
      throw new ParleyError('invalid_request', `"${model}" is not a heavy model: use /model/launch.`, {
        param: 'model_name',
      });
    }
    this.inference.catalogue.refuseUnsupported(entry);
    return entry.id;
  }

  get isDraining(): boolean {
    return this.inference.isDraining;
  }

  /** Throws `overloaded` once the service is shutting down. */
  refuseWhileDraining(): void {
    if (!this.isDraining) return;
    throw new ShuttingDown();
  }

  /** What must be fetched before a model can be loaded; null when it is installed. Throws `model_not_found`. */
  missingFiles(model: string): ModelSource | null {
    const { catalogue } = this.inference;
    const entry = catalogue.find(model);
    if (isInstalled(entry)) return null;
    const source = catalogue.sourceOf(entry);
    if (source === null) catalogue.findInstalled(model); // which throws, with what to do instead
    return source;
  }

  isInstalled(model: string): boolean {
    const entry = this.known(model);
    return entry !== null && isInstalled(entry);
  }

  /** A file on the hub, as the catalogue would install it. */
  sourceOfFile(repo: string, file: string): ModelSource {
    return this.inference.catalogue.sourceOfFile(repo, file);
  }

  /** Where a model comes from; null when it is not from the hub, or not known. */
  sourceOf(model: string): ModelSource | null {
    const entry = this.known(model);
    return entry === null ? null : this.inference.catalogue.sourceOf(entry);
  }

  /** The catalogue's id of a model; the name itself when it is not known. */
  idOf(model: string): string {
    return this.known(model)?.id ?? model;
  }

  /** Ends a loaded model; its memory is free when this resolves. Throws `model_not_found` when it is not loaded. */
  async kill(model: string): Promise<void> {
    if (!(await this.unload(model))) {
      throw new ParleyError('model_not_found', `The model "${model}" is not active.`, { param: 'model_name' });
    }
  }

  /** Unloads a model and removes its file. Throws `model_not_found`, and `forbidden` for a starter model. */
  async remove(model: string): Promise<void> {
    const { catalogue } = this.inference;
    const entry = catalogue.findInstalled(model);
    catalogue.refuseRemoval(entry);
    await this.unload(model);
    await catalogue.remove(entry);
  }

  /** Ends a model, and every key's choice of it as the current one. @returns whether it was loaded. */
  async unload(model: string): Promise<boolean> {
    const wasLoaded = await this.inference.unload(model);
    await this.pointers.forget(this.idOf(model));
    return wasLoaded;
  }

  /** Ids of the models that are loaded now. */
  active(): string[] {
    return this.inference
      .list()
      .filter((resident) => resident.state === 'ready')
      .map((resident) => resident.model);
  }

  /** Every model that this version knows and does not hide, installed or not. */
  available(): ModelEntry[] {
    return this.inference.catalogue.list().filter((entry) => this.settings.fullVersion || !entry.heavy);
  }

  installed(): ModelEntry[] {
    return this.inference.catalogue.list().filter(isInstalled);
  }

  /** Other names of installed models, as MODEL_ALIASES gives them. */
  aliases(): { readonly alias: string; readonly entry: ModelEntry }[] {
    return [...this.settings.modelAliases.keys()].flatMap((alias) => {
      try {
        return [{ alias, entry: this.inference.catalogue.findInstalled(alias) }];
      } catch {
        return []; // leads to a model that is not here
      }
    });
  }

  isHeavy(model: string): boolean {
    return this.inference.catalogue.find(model).heavy;
  }

  private known(model: string): ModelEntry | null {
    try {
      return this.inference.catalogue.find(model);
    } catch {
      return null;
    }
  }

  private refuseHeavy(entry: ModelEntry): void {
    if (entry.heavy && !this.settings.fullVersion) {
      throw new ParleyError('forbidden', `"${entry.id}" is a heavy model: it needs FULL_VERSION=true.`);
    }
  }
}
