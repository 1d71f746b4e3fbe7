import { Injectable } from '@nestjs/common';
import { abortReason, throwIfAborted } from '../../inference/errors.js';
import { hasEnded, type JobView } from './job.js';
import { toParleyError } from './job-failure.js';
import { JobQueues } from './job-queues.js';
import { JobRecords } from './job-records.js';
import { RunningJobs } from './running-jobs.js';

/** A job is looked at this often even when nothing is heard of it: news may be lost while a connection is away. */
const LOOK_ANYWAY_MS = 1000;

/** Waiting for jobs, wherever they are worked on. */
@Injectable()
export class JobFollowing {
  constructor(
    private readonly records: JobRecords,
    private readonly queues: JobQueues,
    private readonly running: RunningJobs,
  ) {}

  /**
   * How a job stands now and after each change, until it has ended. Outlives outages of the store. Throws `ShuttingDown` when
   * the process ends before the job.
   */
  async *follow(
    id: string,
    keyId: string,
    signal: AbortSignal,
    isLast: (view: JobView) => boolean = hasEnded,
  ): AsyncGenerator<JobView, void> {
    const news = new News();
    const tell = (): void => news.tell();
    const unwatch = this.queues.watch(id, tell);
    this.running.ended.addEventListener('abort', tell);
    try {
      let last = '';
      for (;;) {
        throwIfAborted(this.running.ended);
        const view = await this.look(id, keyId, last !== '');
        const seen = JSON.stringify(view);
        if (view !== null && seen !== last) {
          last = seen;
          yield view;
          if (isLast(view)) return;
        }
        await news.next(signal);
      }
    } finally {
      this.running.ended.removeEventListener('abort', tell);
      unwatch();
    }
  }

  /** Waits for a job's end. Throws what the job failed with; `cancelled` when the signal aborts. */
  async untilDone(id: string, keyId: string, signal: AbortSignal): Promise<JobView> {
    let last: JobView | null = null;
    for await (const view of this.follow(id, keyId, signal)) last = view;
    throwIfAborted(signal);
    if (last?.error != null) throw toParleyError(last.error);
    if (last === null) throw new Error('a job that is followed is seen once at least');
    return last;
  }

  /** Waits until nobody works on a cancelled job any more. */
  async untilStopped(id: string, keyId: string, signal: AbortSignal): Promise<void> {
    const stopped = (view: JobView): boolean => view.startedAt === null || view.finishedAt !== null;
    for await (const view of this.follow(id, keyId, signal, stopped)) if (stopped(view)) return;
  }

  /** `mayMiss`: an outage is sat out instead of thrown, since the job goes on without us. */
  private async look(id: string, keyId: string, mayMiss: boolean): Promise<JobView | null> {
    try {
      return await this.records.find(id, keyId);
    } catch (error) {
      if (mayMiss && (error as { code?: string }).code === 'overloaded') return null;
      throw error;
    }
  }
}

/** Something happened since the last time, or will. */
class News {
  private told = false;
  private wake: (() => void) | null = null;

  tell(): void {
    this.told = true;
    this.wake?.();
  }

  /** Resolves at the next news, or after a while without any. Throws when the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (!this.told) await this.silence(signal);
    this.told = false;
  }

  private silence(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        this.wake = null;
      };
      const aborted = (): void => {
        end();
        reject(abortReason(signal));
      };
      const timer = setTimeout(() => {
        end();
        resolve();
      }, LOOK_ANYWAY_MS);
      this.wake = () => {
        end();
        resolve();
      };
      signal.addEventListener('abort', aborted);
    });
  }
}
