import { randomInt } from 'node:crypto';
import { GeneratedFiles, type FileType } from '../../storage/files/generated-files.js';
import { ImagesService, type DrawingTask } from '../../domains/images/images.service.js';
import { encoded, type PictureEncoding } from '../../domains/images/picture-encoding.js';
import { ParleyError } from '../../inference/errors.js';
import type { DrawingStep } from '../../inference/drawing-tasks.js';
import { ImageSources, type SourceFiles } from './image-sources.js';
import { JobMeter } from '../core/job-meter.js';
import { JobProcessor, workerOptions, type JobTools } from '../core/job.processor.js';
import type { DrawnFile, ImageKept, ImagePayload, ImageResult } from './kinds.js';
import { WorksOn } from '../core/processor-census.js';
import { RunningJobs } from '../core/running-jobs.js';

const SEEDS = 2 ** 32;

const FILE_TYPE_OF: Readonly<Record<PictureEncoding['type'], FileType>> = { png: 'png', jpeg: 'jpg', webp: 'webp' };

/** Draws the pictures of a request one after the other; those that are finished are kept when it is begun again. */
@WorksOn('image', workerOptions('image'))
export class ImageProcessor extends JobProcessor<'image'> {
  constructor(
    running: RunningJobs,
    meter: JobMeter,
    private readonly images: ImagesService,
    private readonly sources: ImageSources,
    private readonly files: GeneratedFiles,
  ) {
    super('image', running, meter);
  }

  protected override async work(payload: ImagePayload, tools: JobTools<'image'>): Promise<ImageResult> {
    let kept: ImageKept = tools.kept ?? { seed: payload.seed ?? randomInt(SEEDS), pictures: [] };
    const preview = new Preview(this.files, tools.show);
    try {
      const source = payload.source && (await this.sources.open(payload.source));
      while (kept.pictures.length < payload.count) {
        const picture = await this.drawOne(payload, kept, source, tools, preview);
        kept = { ...kept, pictures: [...kept.pictures, picture] };
        await tools.keep(kept);
      }
      return { model: payload.model, created: Math.floor(Date.now() / 1000), ...kept };
    } catch (error) {
      if (isCancel(tools.signal)) await Promise.all(kept.pictures.map(({ file }) => this.files.remove(file)));
      throw error;
    } finally {
      await preview.remove();
    }
  }

  private async drawOne(
    payload: ImagePayload,
    { seed, pictures }: ImageKept,
    source: SourceFiles | null,
    { keyId, waits, recorder, signal, report }: JobTools<'image'>,
    preview: Preview,
  ): Promise<DrawnFile> {
    const index = pictures.length;
    const task = taskOf(payload, (seed + index) % SEEDS, source);
    const priority = waits ? 'interactive' : 'batch';
    const caller = { keyId, dialect: payload.dialect, priority, recorder } as const;
    const onStep = (step: DrawingStep): void => {
      if (step.preview !== undefined) preview.put(step.preview);
      report(index * step.steps + step.step, payload.count * step.steps, 'steps');
    };
    const { png, width, height } = await this.images.draw(task, caller, signal, onStep);
    const bytes = await encoded(png, payload.encoding);
    return { file: await this.files.put(bytes, FILE_TYPE_OF[payload.encoding.type]), width, height };
  }
}

function isCancel({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof ParleyError && reason.code === 'cancelled';
}

function taskOf(payload: ImagePayload, seed: number, source: SourceFiles | null): DrawingTask {
  const { model, prompt, negativePrompt, size, steps, guidanceScale, previewEvery } = payload;
  const drawing = {
    model,
    prompt,
    negativePrompt,
    seed,
    sampling: {},
    ...(size !== null && { size }),
    ...(steps !== null && { steps }),
    ...(guidanceScale !== null && { guidanceScale }),
    ...(previewEvery !== null && { previewEvery }),
  };
  return source === null ? { kind: 'text-to-image', ...drawing } : { kind: 'image-to-image', ...drawing, ...source };
}

/** The picture as it is now, as a file; only the latest is there. */
class Preview {
  private last: Promise<string | null> = Promise.resolve(null);

  constructor(
    private readonly files: GeneratedFiles,
    private readonly show: (file: string) => void,
  ) {}

  /** Takes its time beside the drawing; a preview is not worth failing for. */
  put(png: Uint8Array): void {
    this.last = this.last.then((before) => this.replace(before, png)).catch(() => null);
  }

  async remove(): Promise<void> {
    const last = await this.last;
    if (last !== null) await this.files.remove(last);
  }

  private async replace(before: string | null, png: Uint8Array): Promise<string> {
    const file = await this.files.put(png, 'png');
    this.show(file);
    if (before !== null) await this.files.remove(before);
    return file;
  }
}
