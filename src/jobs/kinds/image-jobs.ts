import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ImagesService } from '../../domains/images/images.service.js';
import { AS_PNG, type PictureEncoding } from '../../domains/images/picture-encoding.js';
import { InferenceService } from '../../inference/inference.service.js';
import type { JobRequester } from '../core/job-requester.js';
import { ImageSources, type SourceFiles } from './image-sources.js';
import type { JobView } from '../core/job.js';
import { JobsService } from '../core/jobs.service.js';
import { kindsOf } from './kinds.js';

export interface ImageRequest {
  /** Absent: the default model. */
  readonly model?: string | undefined;
  readonly prompt: string;
  readonly negativePrompt?: string | undefined;
  /** Pixels; absent: the model's own, or the source's. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  readonly steps?: number | undefined;
  readonly guidanceScale?: number | undefined;
  readonly seed?: number | undefined;
  readonly count?: number | undefined;
  readonly encoding?: PictureEncoding | undefined;
  readonly previewEvery?: number | undefined;
  /** What is drawn over; fetched once it is clear that somebody will draw. */
  readonly source?: (() => Promise<SourceFiles>) | undefined;
  /** The dialect that asked, for metrics. */
  readonly dialect: string;
}

/** Drawing pictures: a job for each request. */
@Injectable()
export class ImageJobs {
  constructor(
    private readonly jobs: JobsService,
    private readonly images: ImagesService,
    private readonly sources: ImageSources,
    private readonly inference: InferenceService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'role'>,
  ) {}

  /** Queues a request. Throws at once what is wrong with its model. `reply` names the route's answer. */
  async submit(request: ImageRequest, reply: string, requester: JobRequester): Promise<JobView> {
    const kind = request.source === undefined ? 'text-to-image' : 'image-to-image';
    const { id: model } = this.images.modelFor(request.model, kind);
    if (kindsOf(this.settings.role).includes('image')) this.inference.checkRoom(model, kind);
    if (request.source !== undefined) await this.jobs.assertCapacity('image', requester);
    const source = request.source === undefined ? null : await this.sources.keep(await request.source());
    const payload = {
      model,
      prompt: request.prompt,
      negativePrompt: request.negativePrompt ?? '',
      size: request.size ?? null,
      steps: request.steps ?? null,
      guidanceScale: request.guidanceScale ?? null,
      seed: request.seed ?? null,
      count: request.count ?? 1,
      source,
      encoding: request.encoding ?? AS_PNG,
      previewEvery: request.previewEvery ?? null,
      dialect: request.dialect,
    };
    return this.jobs.submit('image', payload, reply, requester);
  }
}
