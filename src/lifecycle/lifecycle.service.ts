import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { isInstalled, type ModelEntry } from '../inference/catalogue/model-entry.js';
import { ParleyError } from '../inference/errors.js';
import { InferenceService } from '../inference/inference.service.js';

export interface LaunchRequest {
  readonly model: string;
  /** Context size in tokens; null: the default. The model's own is the most. */
  readonly contextSize: number | null;
}

/** Loading, unloading, removing and listing models. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly inference: InferenceService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Loads a model; with another context size than it has, it is reloaded once its running requests have ended. */
  async launch({ model, contextSize }: LaunchRequest, signal: AbortSignal): Promise<void> {
    this.refuseHeavy(this.inference.catalogue.find(model));
    await this.inference.load(model, { contextSize, pin: false }, signal);
  }

  /** As {@link launch}, for heavy models alone. */
  async launchHeavy(model: string, signal: AbortSignal): Promise<void> {
    const entry = this.inference.catalogue.find(model);
    if (!this.settings.fullVersion) throw new ParleyError('forbidden', 'Heavy models need FULL_VERSION=true.');
    if (!entry.heavy) {
      throw new ParleyError('invalid_request', `"${model}" is not a heavy model: use /model/launch.`, {
        param: 'model_name',
      });
    }
    await this.inference.load(model, { contextSize: null, pin: false }, signal);
  }

  /** Ends a loaded model; its memory is free when this resolves. Throws `model_not_found` when it is not loaded. */
  async kill(model: string): Promise<void> {
    if (!(await this.inference.unload(model))) {
      throw new ParleyError('model_not_found', `The model "${model}" is not active.`, { param: 'model_name' });
    }
  }

  /** Unloads a model and removes its file. Throws `model_not_found`, and `forbidden` for a starter model. */
  async remove(model: string): Promise<void> {
    const { catalogue } = this.inference;
    const entry = catalogue.findInstalled(model);
    catalogue.refuseStarter(entry);
    await this.inference.unload(model);
    await catalogue.remove(entry);
  }

  /** Ids of the models that are loaded now. */
  active(): string[] {
    return this.inference
      .list()
      .filter((resident) => resident.state === 'ready')
      .map((resident) => resident.model);
  }

  /** Every model that this version may run, installed or not. */
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

  private refuseHeavy(entry: ModelEntry): void {
    if (entry.heavy && !this.settings.fullVersion) {
      throw new ParleyError('forbidden', `"${entry.id}" is a heavy model: it needs FULL_VERSION=true.`);
    }
  }
}
