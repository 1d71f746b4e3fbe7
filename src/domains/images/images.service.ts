import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import type { Caller } from '../../inference/caller.js';
import type { RunnableModel } from '../../inference/catalogue/model-entry.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import type { DrawingStep, ImageToImageTask, PictureDrawn, TextToImageTask } from '../../inference/drawing-tasks.js';
import { LifecycleService } from '../lifecycle/lifecycle.service.js';

export type DrawingTask = TextToImageTask | ImageToImageTask;

/** Drawing pictures from words, and over other pictures. */
@Injectable()
export class ImagesService {
  constructor(
    private readonly inference: InferenceService,
    private readonly lifecycle: LifecycleService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'defaultImageModel'>,
  ) {}

  /** The model that a request without a name goes to. */
  get defaultModel(): string {
    return this.settings.defaultImageModel;
  }

  /**
   * The model of this name, or the default one. Throws `model_not_found`, `forbidden` for a heavy one that this version
   * hides, and `invalid_request` when it does not draw, or not over other pictures.
   */
  modelFor(name: string | undefined, kind: DrawingTask['kind']): RunnableModel {
    const asked = name ?? this.defaultModel;
    this.lifecycle.checkLaunch(asked);
    const entry = this.inference.catalogue.findRunnable(asked);
    if (entry.tasks.includes(kind)) return entry;
    const what = kind === 'text-to-image' ? 'cannot draw pictures' : 'cannot edit pictures';
    throw new ParleyError('invalid_request', `The model "${asked}" ${what}.`, { param: 'model' });
  }

  /** Draws one picture. `onStep` hears of every denoising step. */
  async draw(
    task: DrawingTask,
    caller: Caller,
    signal: AbortSignal,
    onStep: (step: DrawingStep) => void,
  ): Promise<PictureDrawn> {
    let drawn: PictureDrawn | null = null;
    for await (const chunk of this.inference.run<DrawingTask['kind']>(task, caller, signal)) {
      if (chunk.type === 'step') onStep(chunk);
      else if (chunk.type === 'picture') drawn = chunk;
    }
    if (drawn === null) throw new Error('a drawing ended without a picture');
    return drawn;
  }
}
