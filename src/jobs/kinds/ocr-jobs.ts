import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import { OcrService } from '../../domains/ocr/ocr.service.js';
import type { ChildJob } from '../core/job-adder.js';
import type { JobRequester } from '../core/job-requester.js';
import type { JobView } from '../core/job.js';
import { JobsService } from '../core/jobs.service.js';
import { kindsOf, type BatchFile } from './kinds.js';

/** A file to be read, or why it cannot be. */
export type BatchInput =
  /** `file` is its id in the `UploadStore`. */
  { readonly name: string; readonly file: string } | { readonly name: string; readonly refused: string };

export interface BatchRequest {
  readonly files: readonly BatchInput[];
  /** Absent: the default model. */
  readonly model: string | undefined;
  readonly language: string | undefined;
  /** The dialect that asked, for metrics. */
  readonly dialect: string;
}

/** Reading many files: a job for each, and one that puts their results together. */
@Injectable()
export class OcrJobs {
  constructor(
    private readonly jobs: JobsService,
    private readonly ocr: OcrService,
    private readonly lifecycle: LifecycleService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'role'>,
  ) {}

  /** Queues a batch. Throws at once what is wrong with all of it, such as its model. `reply` names the route's answer. */
  async submit(
    { files, model, language, dialect }: BatchRequest,
    reply: string,
    requester: JobRequester,
  ): Promise<JobView> {
    this.lifecycle.refuseWhileDraining();
    const reader = this.ocr.readerFor(model).id;
    const batch: BatchFile[] = [];
    const children: ChildJob<'ocr'>[] = [];
    for (const [index, file] of files.entries()) {
      const refused = 'refused' in file ? file.refused : null;
      batch.push({ name: file.name, refused });
      if ('refused' in file) continue;
      const payload = { file: file.file, model: reader, language: language ?? null, dialect };
      children.push({ index, kind: 'ocr', payload });
    }
    return this.jobs.submit('batch-ocr', { files: batch }, reply, requester, children);
  }

  /** Waits until the model of a batch is loaded, where this process reads; elsewhere nobody here knows. */
  async ready(model: string | undefined, signal: AbortSignal): Promise<void> {
    if (kindsOf(this.settings.role).includes('ocr')) await this.ocr.ready(model, signal);
  }
}
