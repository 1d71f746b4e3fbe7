import { ModelInstaller } from '../../hub/model-installer.js';
import { JobMeter } from '../core/job-meter.js';
import { JobProcessor, workerOptions, type JobTools } from '../core/job.processor.js';
import type { PullPayload, PullResult } from './kinds.js';
import { WorksOn } from '../core/processor-census.js';
import { RunningJobs } from '../core/running-jobs.js';

/** Fetches a model's files from the hub. */
@WorksOn('pull', workerOptions('pull'))
export class PullProcessor extends JobProcessor<'pull'> {
  constructor(
    running: RunningJobs,
    meter: JobMeter,
    private readonly installer: ModelInstaller,
  ) {
    super('pull', running, meter);
  }

  protected override async work(payload: PullPayload, { signal, report }: JobTools<'pull'>): Promise<PullResult> {
    const { name, repo, revision, files } = await this.installer.install(payload, {
      signal,
      onProgress: ({ doneBytes, totalBytes }) => report(doneBytes, totalBytes, 'bytes'),
    });
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { name, repo, revision, files: files.map(({ path }) => path), bytes };
  }
}
