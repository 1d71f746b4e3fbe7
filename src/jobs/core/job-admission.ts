import { Inject, Injectable } from '@nestjs/common';
import { ANONYMOUS } from '../../config/api-keys.js';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ParleyError } from '../../inference/errors.js';
import { MetricsService } from '../../observability/metrics/metrics.service.js';
import type { BullJob } from './job.js';
import { toFailure } from './job-failure.js';
import { JobQueues, type JobQueue } from './job-queues.js';
import type { JobRequester } from './job-requester.js';
import { KIND_NAMES, type JobKind } from '../kinds/kinds.js';
import { JobLine, PLACES_PER_FREE_PLACE, type Entry } from './ledger/job-line.js';

/** This many of the jobs that ended last say how long one takes. */
const MEASURED = 10;
/** Assumed while no job of this kind has ended; one that has run for longer says more. */
const UNMEASURED_SECONDS = 30;

/** Bounds the waiting jobs of each kind, and each key's share of them, for all processes, and gives jobs their turns. */
@Injectable()
export class JobAdmission {
  private readonly refused;

  constructor(
    metrics: MetricsService,
    private readonly queues: JobQueues,
    private readonly line: JobLine,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'maxJobs'>,
  ) {
    this.refused = metrics.counter('jobs_refused_total', 'Jobs refused because too many wait', ['kind']);
    for (const kind of KIND_NAMES) this.refused.inc({ kind }, 0);
    queues.onEnd((kind, id) => void line.ended(kind, id).catch(() => undefined));
  }

  /** Throws `overloaded` as {@link enter} would. */
  async assertCapacity(kind: JobKind, requester: JobRequester): Promise<void> {
    await this.enter(kind, requester, []);
  }

  /**
   * Takes places for jobs that are about to be added, all or none. Returns their priorities in BullMQ. Throws `overloaded`
   * when as many jobs of the kind wait as may, or the key has its share of them, with the time until there is a place.
   */
  async enter(
    kind: JobKind,
    { keyId, isAwaited }: Pick<JobRequester, 'keyId' | 'isAwaited'>,
    ids: readonly string[],
  ): Promise<readonly number[]> {
    const entry = await this.line.enter({
      kind,
      keyId,
      band: isAwaited ? 'interactive' : 'detached',
      ids,
      maxWaiting: this.settings.maxJobs,
      shared: keyId !== ANONYMOUS, // there is no other key to share with
    });
    if (entry.refused === null) return entry.priorities;
    this.refused.inc({ kind });
    const seconds = await this.queues.use(kind, (queue) => secondsPerJob(queue));
    throw new ParleyError('overloaded', messageOf(entry), {
      retryAfterSeconds: Math.max(1, Math.ceil(seconds * this.jobsUntilPlace(entry))),
    });
  }

  /** Gives back the place of a job that was not added. */
  leave(kind: JobKind, id: string): Promise<void> {
    return this.line.leave(kind, id);
  }

  /** Jobs to be begun before this key may add one. */
  private jobsUntilPlace({ refused, waiting, own }: Exclude<Entry, { refused: null }>): number {
    const free = this.settings.maxJobs - waiting;
    const needed = refused === 'share' ? Math.floor(own / PLACES_PER_FREE_PLACE) + 1 : 1;
    return Math.max(1, needed - free);
  }
}

function messageOf({ refused, waiting, own }: Exclude<Entry, { refused: null }>): string {
  if (refused === 'full') return `Too many jobs of this kind wait: ${String(waiting)}.`;
  return `This API key has its share of the jobs of this kind that may wait: ${String(own)}. Retry once some have ended.`;
}

/** Seconds from one job's beginning to the next one's: how long jobs ran that were not cancelled, over those at work. */
async function secondsPerJob(queue: JobQueue): Promise<number> {
  const ended = await queue.getJobs(['completed', 'failed'], 0, MEASURED - 1);
  const uncancelled = ended
    .filter(({ failedReason }) => !failedReason || toFailure(failedReason).code !== 'cancelled')
    .sort((a, b) => (b.finishedOn ?? 0) - (a.finishedOn ?? 0))
    .slice(0, MEASURED);
  const active = await queue.getJobs(['active'], 0, MEASURED - 1);
  const measured = secondsOf(uncancelled);
  const running = Math.max(0, ...secondsOf(active));
  const mean =
    measured.length === 0
      ? Math.max(UNMEASURED_SECONDS, running)
      : measured.reduce((sum, seconds) => sum + seconds, 0) / measured.length;
  return mean / Math.max(1, await queue.getActiveCount());
}

function secondsOf(jobs: readonly BullJob[]): number[] {
  const now = Date.now();
  return jobs.flatMap(({ processedOn, finishedOn = now }) =>
    processedOn === undefined ? [] : [Math.max(0, finishedOn - processedOn) / 1000],
  );
}
