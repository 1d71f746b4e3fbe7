import { Injectable } from '@nestjs/common';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import type { JobView } from './job.js';
import { JobFollowing } from './job-following.js';
import { JobRecords } from './job-records.js';
import { JobsService } from './jobs.service.js';

/** Jobs that clients wait for: they end when the last one leaves. */
@Injectable()
export class AwaitedJobs {
  constructor(
    private readonly jobs: JobsService,
    private readonly following: JobFollowing,
    private readonly records: JobRecords,
    private readonly lifecycle: LifecycleService,
  ) {}

  /** Waits for a job. Throws what it failed with, and what the signal was aborted with. */
  async untilDone(id: string, keyId: string, signal: AbortSignal): Promise<JobView> {
    try {
      const view = await this.following.untilDone(id, keyId, signal);
      await this.release(id);
      return view;
    } catch (error) {
      if (signal.aborted) await this.abandon(id, keyId);
      else await this.release(id);
      throw error;
    }
  }

  /** Waits for a job, and gives what it left, as JSON. Throws what `untilDone` throws. */
  async resultOf(id: string, keyId: string, signal: AbortSignal): Promise<unknown> {
    await this.untilDone(id, keyId, signal);
    return (await this.records.resultOf(id, keyId)).result;
  }

  /** Notes that a client no longer waits for a job that has ended. */
  release(id: string): Promise<void> {
    return this.jobs.release(id);
  }

  /** Ends a job whose last client has left; not when it is the service that left, since the next start goes on with it. */
  async abandon(id: string, keyId: string): Promise<void> {
    if (!this.lifecycle.isDraining) await this.jobs.abandon(id, keyId);
  }
}
