import { Inject, Injectable, Logger } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../../config/config.module.js';
import type { Settings } from '../../../config/settings.js';
import { InferenceService } from '../../../inference/inference.service.js';

/** `unloaded`: on request, so that its absence is nobody's fault. `crashed`: it should be there and is not. */
export type PreloadState = 'loading' | 'ready' | 'failed' | 'unloaded' | 'crashed';

/** Loads PRELOAD_MODELS at start and pins them. */
@Injectable()
export class Preloader {
  private readonly logger = new Logger('Preload');
  private readonly progress: Map<string, PreloadState>;

  constructor(
    private readonly inference: InferenceService,
    @Inject(SETTINGS_TOKEN) settings: Settings,
  ) {
    // A worker answers no requests, so it keeps no models ready for them.
    const models = settings.role === 'worker' ? [] : settings.preloadModels;
    this.progress = new Map(models.map((model) => [model, 'loading']));
  }

  /** Resolves when every model has been tried, to the names of those that are loaded. */
  async run(): Promise<string[]> {
    await Promise.all([...this.progress.keys()].map((model) => this.load(model)));
    return [...this.progress].filter(([, state]) => state === 'ready').map(([model]) => model);
  }

  /** Every model has been tried. */
  get done(): boolean {
    return ![...this.progress.values()].includes('loading');
  }

  /** Every model is there, or was unloaded on request. */
  get well(): boolean {
    return Object.values(this.states()).every((state) => state === 'ready' || state === 'unloaded');
  }

  states(): Record<string, PreloadState> {
    return Object.fromEntries([...this.progress].map(([model, first]) => [model, this.stateOf(model, first)]));
  }

  private stateOf(model: string, first: PreloadState): PreloadState {
    if (first !== 'ready') return first;
    if (this.inference.factsOf(model) !== null) return 'ready';
    if (!this.inference.isPinned(model)) return 'unloaded';
    return this.inference.isResident(model) ? 'loading' : 'crashed';
  }

  private async load(model: string): Promise<void> {
    try {
      await this.inference.load(model, { contextSize: null, pin: true }, new AbortController().signal);
      this.progress.set(model, 'ready');
    } catch (error) {
      this.progress.set(model, 'failed');
      this.logger.error(`${model}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
