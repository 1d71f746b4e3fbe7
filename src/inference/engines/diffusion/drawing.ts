import type { DrawingChunk } from '../../drawing-tasks.js';
import { canvasFor, sizeLike, type Canvas } from './canvas.js';
import type { Checkpoint } from './checkpoint.js';
import { Denoiser } from './denoiser.js';
import type { DiffusionModel } from './diffusion-model.js';
import { drawingOptions, type DrawingOptions, type DrawingTask } from './drawing-options.js';
import { PARAMETERS, parametersText } from './drawing-text.js';
import { GaussianNoise } from './gaussian.js';
import { blended, restored } from './picture/mask.js';
import { cropped, stretched, toPixels } from './picture/pixels.js';
import { pngOf, withText } from './picture/png-file.js';
import { previewOf } from './picture/preview.js';
import { cut, planesOf, stacked, type Planes, type Size } from './planes.js';
import { createScheduler } from './schedulers/create-scheduler.js';
import type { Scheduler } from './schedulers/scheduler.js';
import { cellSize, encoderOf, encodeSource, inpaintingInput, openSource, type Source } from './source.js';

/** What a drawing tells as it goes on, and where it can be stopped. */
export interface DrawingControl {
  readonly checkpoint: Checkpoint;
  readonly chunk: (chunk: DrawingChunk) => void;
}

/** Draws one picture: words and a source → latents, denoised step by step → pixels. */
export class Drawing {
  private readonly options: DrawingOptions;
  private readonly scheduler: Scheduler;
  private readonly noise: GaussianNoise;
  private readonly unit: number;

  /** Throws `invalid_request`. */
  constructor(
    private readonly model: DiffusionModel,
    private readonly task: DrawingTask,
    private readonly control: DrawingControl,
  ) {
    const { scheduler, defaults } = model.plan;
    this.options = drawingOptions(task, defaults, scheduler.trainSteps);
    this.scheduler = createScheduler(scheduler, this.options.steps);
    this.noise = new GaussianNoise(task.seed);
    this.unit = model.limits.unit;
  }

  /** Throws `invalid_request`, and whatever the control's checkpoint throws. */
  async run(): Promise<void> {
    const { model, task, control, options } = this;
    const promptTokens = model.prompts.count(task.prompt, 'prompt');
    model.prompts.count(task.negativePrompt, 'negative_prompt');
    if (task.kind === 'image-to-image') encoderOf(model);
    const picture = task.kind === 'image-to-image' ? await openSource(task) : null;
    const canvas = canvasFor(task.size ?? this.defaultSize(picture), model.limits);
    control.chunk({ type: 'drawing', ...canvas.picture, steps: options.steps - options.firstStep });
    await control.checkpoint();
    const source =
      task.kind === 'text-to-image' || picture === null
        ? null
        : await encodeSource(model, picture, task, canvas, control.checkpoint);
    const latent = await this.denoised(canvas, source);
    const png = await this.finished(latent, canvas, source);
    control.chunk({ type: 'picture', png, ...canvas.picture });
    control.chunk({ type: 'finished', finishReason: 'stop', promptTokens, completionTokens: 0 });
  }

  private defaultSize(source: Size | null): Size {
    const { plan, limits } = this.model;
    if (source !== null) return sizeLike(source, limits);
    return { width: plan.defaults.width ?? plan.ownSize, height: plan.defaults.height ?? plan.ownSize };
  }

  private async denoised(canvas: Canvas, source: Source | null): Promise<Planes> {
    const { model, options, scheduler, control } = this;
    const { channels } = model.decoder;
    const size = cellSize(canvas.padded, this.unit);
    const denoiser = await this.denoiser(canvas);
    const beside = await inpaintingInput(model, source, canvas, control.checkpoint);
    const noise = this.noise.take(channels * size.width * size.height);
    let latent = this.start(noise, source);
    for (let step = options.firstStep; step < options.steps; step++) {
      const input = scheduler.modelInput(latent, step);
      const sample = planesOf(beside === null ? input : stacked([input, beside]), model.unet.channels, size);
      const output = await denoiser.predict(sample, scheduler.timesteps[step] ?? 0, control.checkpoint);
      const next = scheduler.step(latent, output, step, (length) => this.noise.take(length));
      latent = this.keptOutside(next.latent, source, noise, step + 1);
      await this.tell(step + 1 - options.firstStep, planesOf(next.clean, channels, size), canvas);
    }
    return planesOf(latent, channels, size);
  }

  /** Encodes both prompts. */
  private async denoiser(canvas: Canvas): Promise<Denoiser> {
    const { model, task, options, control } = this;
    const { prompts, unet } = model;
    const prompt = await prompts.encode(task.prompt, control.checkpoint);
    // Guidance of 1 leaves the negative prompt no weight; distilled models were taught what it does.
    const isGuided = options.guidanceScale > 1 && !unet.takesGuidance;
    const negative = isGuided ? await prompts.encodeNegative(task.negativePrompt, control.checkpoint) : null;
    const { picture } = canvas;
    return new Denoiser(unet, { prompt, negative, scale: options.guidanceScale, picture });
  }

  /** Noise alone, or the source under as much noise as the first step expects. Strength 1 is not to see the source. */
  private start(noise: Float32Array, source: Source | null): Float32Array {
    const { scheduler, options } = this;
    if (source === null || options.strength === 1) return noise.map((value) => value * scheduler.initialSigma);
    return scheduler.noised(source.latent.data, noise, options.firstStep);
  }

  /** Puts the source, as noisy as the next step expects, back where the mask does not ask for new. */
  private keptOutside(latent: Float32Array, source: Source | null, noise: Float32Array, next: number): Float32Array {
    if (source?.cells === undefined) return latent;
    const { data } = source.latent;
    const known = next < this.options.steps ? this.scheduler.noised(data, noise, next) : data;
    return blended(latent, known, source.cells);
  }

  private async tell(step: number, clean: Planes, canvas: Canvas): Promise<void> {
    const { options, control } = this;
    const steps = options.steps - options.firstStep;
    const wantsPreview = options.previewEvery !== null && step % options.previewEvery === 0 && step < steps;
    await control.checkpoint();
    const preview = wantsPreview ? { preview: await this.preview(clean, canvas) } : {};
    control.chunk({ type: 'step', step, steps, ...preview });
  }

  private preview(clean: Planes, { drawn }: Canvas): Promise<Uint8Array> {
    const side = (length: number): number => Math.ceil(length / this.unit);
    const latent = cut(clean, 0, 0, { width: side(drawn.width), height: side(drawn.height) });
    return previewOf(latent, this.model.decoder, this.unit, this.control.checkpoint);
  }

  private async finished(latent: Planes, canvas: Canvas, source: Source | null): Promise<Uint8Array> {
    const decoded = toPixels(await this.model.decoder.decode(latent, this.control.checkpoint));
    const drawn = await stretched(cropped(decoded, canvas.drawn), canvas.picture);
    const picture = source?.mask === undefined ? drawn : restored(drawn, source.picture, source.mask);
    const text = parametersText(this.task, this.options, canvas, this.scheduler.name);
    return withText(await pngOf(picture), PARAMETERS, text);
  }
}
