import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { GeneratedFiles } from '../../storage/files/generated-files.js';
import { withinSeconds } from '../../inference/deadline.js';
import { ParleyError } from '../../inference/errors.js';
import { AwaitedJobs } from '../core/awaited-jobs.js';
import type { DrawnFile, ImageResult } from './kinds.js';

/** What jobs have drawn. */
@Injectable()
export class ImageResults {
  constructor(
    private readonly awaited: AwaitedJobs,
    private readonly files: GeneratedFiles,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'imageTimeout'>,
  ) {}

  /** Waits for a job, as long as a client may. The job ends when the last client leaves, or when its time is over. */
  async until(id: string, keyId: string, signal: AbortSignal): Promise<ImageResult> {
    const wait = (limited: AbortSignal): Promise<unknown> => this.awaited.resultOf(id, keyId, limited);
    return (await withinSeconds(this.settings.imageTimeout, signal, wait)) as ImageResult;
  }

  /** Throws `job_not_found` once it has expired. */
  async read({ file }: DrawnFile): Promise<Buffer> {
    const bytes = await this.files.read(file);
    if (bytes !== null) return bytes;
    throw new ParleyError('job_not_found', 'The picture is no longer kept: FILES_TTL is over.');
  }
}
