import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { ParleyError } from '../inference/errors.js';
import type { BullJob, JobState, JobView } from './job.js';
import { kindOfId } from './job-identity.js';
import { JobQueues, type JobQueue } from './job-queues.js';
import { countChildren } from './job-children.js';
import { toView } from './job-view.js';
import { KIND_NAMES, type JobKind } from './kinds.js';

/** Which jobs to list; null: all. */
export interface JobFilter {
  readonly kind: JobKind | null;
  readonly state: JobState | null;
  readonly limit: number;
}

/** Jobs of each state that are looked through at a time. */
const LIST_WINDOW = 1000;

export const UNENDED_STATES = ['waiting', 'prioritized', 'active', 'delayed', 'waiting-children'] as const;
const ALL_STATES = [...UNENDED_STATES, 'completed', 'failed'] as const;

/** The jobs that there are, as their owners may see them. */
@Injectable()
export class JobRecords {
  constructor(
    private readonly queues: JobQueues,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Throws `job_not_found` for what is not there, and for the jobs of another key alike. */
  async find(id: string, keyId: string): Promise<JobView> {
    const { kind, job } = await this.owned(id, keyId);
    return this.viewOf(kind, job);
  }

  /** A job's answer as its route keeps it: the name of the route, and what the processor returned. */
  async resultOf(id: string, keyId: string): Promise<{ readonly reply: string; readonly result: unknown }> {
    const { job } = await this.owned(id, keyId);
    return { reply: job.data.reply, result: job.returnvalue as unknown };
  }

  /** The jobs of a key, the newest first. */
  async list(keyId: string, { kind, state, limit }: JobFilter): Promise<JobView[]> {
    if (this.nothingStored) return [];
    const kinds = kind === null ? KIND_NAMES : [kind];
    const found = await Promise.all(kinds.map((each) => this.listOf(each, keyId)));
    const wanted = found.flat().filter((view) => state === null || view.state === state);
    return wanted.sort((a, b) => b.createdAt - a.createdAt).slice(0, limit);
  }

  /** Jobs that have not ended, in all queues. */
  async unfinished(): Promise<number> {
    const counts = await Promise.all(
      KIND_NAMES.map((kind) => this.queues.use(kind, (queue) => queue.getJobCountByTypes(...UNENDED_STATES))),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Throws `job_not_found` as {@link find} does. */
  async owned(id: string, keyId: string): Promise<{ kind: JobKind; job: BullJob }> {
    const kind = kindOfId(id);
    if (kind === null || this.nothingStored) throw notFound(id);
    const job = await this.stored(kind, id);
    if (job.data.keyId !== keyId) throw notFound(id);
    return { kind, job };
  }

  /** A job, whoever asked for it. Throws `job_not_found`. */
  async stored(kind: JobKind, id: string): Promise<BullJob> {
    const job = await this.queues.use(kind, (queue) => queue.getJob(id));
    if (job === undefined) throw notFound(id);
    return job;
  }

  async viewOf(kind: JobKind, job: BullJob): Promise<JobView> {
    return this.queues.use(kind, async (queue) => {
      const state = await job.getState();
      const current = isBehind(job, state) ? ((await queue.getJob(job.id ?? '')) ?? job) : job;
      const waits = state === 'waiting' || state === 'prioritized';
      const position = waits ? await positionOf(queue, job.id ?? '') : null;
      const children = state === 'waiting-children' ? await countChildren(current) : null;
      return toView(current, kind, state, this.settings.resultTtl, { position, children });
    });
  }

  /** Of a job that somebody else has removed meanwhile BullMQ throws errors of its own: they become `job_not_found`. */
  async unlessGone(kind: JobKind, id: string, operation: () => Promise<void>): Promise<void> {
    try {
      await this.queues.use(kind, operation);
    } catch (error) {
      await this.stored(kind, id);
      throw error;
    }
  }

  private async listOf(kind: JobKind, keyId: string): Promise<JobView[]> {
    const own: BullJob[] = [];
    for (let start = 0; ; start += LIST_WINDOW) {
      const page = await this.queues.use(kind, (queue) =>
        queue.getJobs([...ALL_STATES], start, start + LIST_WINDOW - 1),
      );
      if (page.length === 0) break;
      own.push(...page.filter((job) => job.data.keyId === keyId));
    }
    return Promise.all(own.map((job) => this.viewOf(kind, job)));
  }

  /** So that looking for jobs does not open the embedded store where there never was one. */
  private get nothingStored(): boolean {
    return this.queues.store.holdsNothing;
  }
}

/** A job and its state are read one after the other: it may have been begun, or have ended, in between. */
function isBehind({ processedOn, finishedOn }: BullJob, state: string): boolean {
  if (state === 'active') return processedOn === undefined;
  return (state === 'completed' || state === 'failed') && finishedOn === undefined;
}

async function positionOf(queue: JobQueue, id: string): Promise<number | null> {
  const ids = [
    ...(await queue.getRanges(['wait'], 0, -1, true)),
    ...(await queue.getRanges(['prioritized'], 0, -1, true)),
  ];
  const at = ids.indexOf(id);
  return at === -1 ? null : at + 1;
}

function notFound(id: string): ParleyError {
  return new ParleyError('job_not_found', `There is no job "${id}".`);
}
