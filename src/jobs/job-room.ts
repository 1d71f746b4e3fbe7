import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { ParleyError } from '../inference/errors.js';
import { MetricsService } from '../metrics/metrics.service.js';
import type { BullJob } from './job.js';
import { JobQueues, type JobQueue } from './job-queues.js';
import { KIND_NAMES, type JobKind } from './kinds.js';

/** Jobs that have not been begun, and those whose parts have not. */
const WAITING = ['waiting', 'prioritized', 'delayed', 'waiting-children'] as const;
/** So many of the jobs that ended last say how long one takes. */
const MEASURED = 10;
/** Told where nothing has been measured: no job of this kind has ever been begun. */
const UNMEASURED_SECONDS = 30;

/** Bounds the jobs that wait, of each kind, whichever process they were asked from. */
@Injectable()
export class JobRoom {
  private readonly refused;

  constructor(
    metrics: MetricsService,
    private readonly queues: JobQueues,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'maxJobs'>,
  ) {
    this.refused = metrics.counter('jobs_refused_total', 'Jobs refused because too many wait', ['kind']);
    for (const kind of KIND_NAMES) this.refused.inc({ kind }, 0);
  }

  /**
   * Throws `overloaded` when as many jobs of a kind wait as may, with the time after which one of them is begun. Two that
   * ask at once may both be let in: the bound is there to keep the store small, and one more does it no harm.
   */
  async refuseIfFull(kind: JobKind): Promise<void> {
    const full = await this.queues.use(kind, async (queue) => {
      const waiting = await queue.getJobCountByTypes(...WAITING);
      return waiting < this.settings.maxJobs ? null : { waiting, seconds: await secondsToNext(queue) };
    });
    if (full === null) return;
    this.refused.inc({ kind });
    throw new ParleyError('overloaded', `Too many jobs of this kind wait: ${String(full.waiting)}.`, {
      retryAfterSeconds: Math.max(1, Math.ceil(full.seconds)),
    });
  }
}

/** How long jobs took, over how many are done at a time. */
async function secondsToNext(queue: JobQueue): Promise<number> {
  const ended = await queue.getJobs(['completed', 'failed'], 0, MEASURED - 1);
  const active = await queue.getJobs(['active'], 0, MEASURED - 1);
  const now = Date.now();
  const lengths = (jobs: readonly BullJob[]): number[] =>
    jobs.flatMap(({ processedOn, finishedOn = now }) => (processedOn === undefined ? [] : [finishedOn - processedOn]));
  const measured = [ended, active].map(lengths).find((each) => each.length > 0);
  if (measured === undefined) return UNMEASURED_SECONDS;
  const mean = measured.reduce((sum, length) => sum + length, 0) / measured.length;
  const atATime = Math.max(1, await queue.getActiveCount());
  return mean / 1000 / atATime;
}
