import { ModelInstaller } from '../../hub/model-installer.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import { JobMeter } from '../core/job-meter.js';
import { JobProcessor, workerOptions, type JobTools } from '../core/job.processor.js';
import type { LaunchPayload } from './kinds.js';
import { WorksOn } from '../core/processor-census.js';
import { RunningJobs } from '../core/running-jobs.js';

/** Installs a model where it is missing, and loads it in this process. */
@WorksOn('launch', workerOptions('launch'))
export class LaunchProcessor extends JobProcessor<'launch'> {
  constructor(
    running: RunningJobs,
    meter: JobMeter,
    private readonly installer: ModelInstaller,
    private readonly lifecycle: LifecycleService,
  ) {
    super('launch', running, meter);
  }

  protected override async work(payload: LaunchPayload, { signal, report }: JobTools<'launch'>): Promise<null> {
    const missing = this.lifecycle.missingFiles(payload.model);
    if (missing !== null) {
      await this.installer.install(missing, {
        signal,
        onProgress: ({ doneBytes, totalBytes }) => report(doneBytes, totalBytes, 'bytes'),
      });
    }
    await this.lifecycle.launch(payload, signal);
    return null;
  }
}
