import { Inject, Injectable } from '@nestjs/common';
import type { JobState as BullState } from 'bullmq';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ParleyError } from '../../inference/errors.js';
import type { BullJob, JobState, JobView } from './job.js';
import { kindOfId } from './job-identity.js';
import { JobQueues } from './job-queues.js';
import { countChildren, type ChildCount } from './job-children.js';
import { toView } from './job-view.js';
import { KIND_NAMES, type JobKind } from '../kinds/kinds.js';
import { JobIndex, type IndexCursor, type IndexEntry } from './ledger/job-index.js';

/** Which jobs to list; null: all. */
export interface JobFilter {
  readonly kind: JobKind | null;
  readonly state: JobState | null;
  readonly limit: number;
}

/** Index entries that are read at a time. */
const LIST_WINDOW = 50;
/** Jobs that are read at a time. */
const READ_AT_ONCE = 5;

export const PENDING_STATES = ['waiting', 'prioritized', 'active', 'delayed', 'waiting-children'] as const;

/** The states that BullMQ may have a job in which its owner sees as the key says. */
const BULL_STATES: Readonly<Record<JobState, readonly BullState[]>> = {
  queued: ['waiting', 'prioritized', 'delayed', 'waiting-children'],
  active: ['active', 'waiting-children'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['failed', 'active', 'waiting-children'], // one that waits fails at once
};

interface FoundJob {
  readonly kind: JobKind;
  readonly job: BullJob;
  readonly state: BullState | 'unknown';
  readonly children: ChildCount | null;
}

/** The jobs that there are, as their owners may see them. */
@Injectable()
export class JobRecords {
  constructor(
    private readonly queues: JobQueues,
    private readonly index: JobIndex,
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

  /** The jobs of a key, the newest first. Costs grow with what is listed, not with what there is. */
  async list(keyId: string, filter: JobFilter): Promise<JobView[]> {
    if (this.nothingStored) return [];
    return this.queues.store.withPlaceOf(keyId, () => this.listed(keyId, filter));
  }

  private async listed(keyId: string, { kind, state, limit }: JobFilter): Promise<JobView[]> {
    const filter = { kind, states: state === null ? null : BULL_STATES[state] };
    const found: FoundJob[] = [];
    let after: IndexCursor | null = null;
    do {
      const page = await this.index.page(keyId, filter, after, Math.min(LIST_WINDOW, limit - found.length));
      const jobs = await this.jobsOf(page.entries);
      found.push(...jobs.flat().filter((each) => state === null || this.toView(each).state === state));
      after = page.next;
    } while (after !== null && found.length < limit);
    return this.withPositions(found);
  }

  /** Reads a few jobs at a time: the embedded store does one thing after the other, and others wait for it, too. */
  private async jobsOf(entries: readonly IndexEntry[]): Promise<FoundJob[][]> {
    const jobs: FoundJob[][] = [];
    for (let start = 0; start < entries.length; start += READ_AT_ONCE) {
      const some = entries.slice(start, start + READ_AT_ONCE);
      jobs.push(...(await Promise.all(some.map((entry) => this.jobOf(entry)))));
    }
    return jobs;
  }

  /** Jobs that have not ended, in all queues. */
  async unfinished(): Promise<number> {
    const counts = await Promise.all(
      KIND_NAMES.map((kind) => this.queues.use(kind, (queue) => queue.getJobCountByTypes(...PENDING_STATES))),
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

  /** Returns a job of any key. Throws `job_not_found`. */
  async stored(kind: JobKind, id: string): Promise<BullJob> {
    const job = await this.queues.use(kind, (queue) => queue.getJob(id));
    if (job === undefined) throw notFound(id);
    return job;
  }

  async viewOf(kind: JobKind, job: BullJob): Promise<JobView> {
    const state = await this.queues.use(kind, () => job.getState());
    const found = await this.settled({ kind, job, state, children: null });
    const [view] = await this.withPositions([found]);
    if (view === undefined) throw notFound(job.id ?? '');
    return view;
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

  /** Nothing for a job that was removed since it was found. */
  private async jobOf({ id, state }: IndexEntry): Promise<FoundJob[]> {
    const kind = kindOfId(id);
    const job = kind === null ? undefined : await this.queues.use(kind, (queue) => queue.getJob(id));
    return kind === null || job === undefined ? [] : [await this.settled({ kind, job, state, children: null })];
  }

  /** A job and its state are read one after the other: it may have been begun, or have ended, in between. */
  private async settled(found: FoundJob): Promise<FoundJob> {
    const { kind, job, state } = found;
    return this.queues.use(kind, async (queue) => {
      const current = isBehind(job, state) ? ((await queue.getJob(job.id ?? '')) ?? job) : job;
      const children = state === 'waiting-children' ? await countChildren(current) : null;
      return { kind, job: current, state, children };
    });
  }

  /** Places in a queue are looked up once for all jobs of its kind. */
  private async withPositions(found: readonly FoundJob[]): Promise<JobView[]> {
    const waiting = found.filter(({ state }) => state === 'waiting' || state === 'prioritized');
    const positions = new Map<string, number>();
    for (const kind of new Set(waiting.map((each) => each.kind))) {
      const ids = waiting.filter((each) => each.kind === kind).map(({ job }) => job.id ?? '');
      for (const [id, position] of await this.index.positions(kind, ids)) positions.set(id, position);
    }
    return found.map((each) => this.toView(each, positions.get(each.job.id ?? '') ?? null));
  }

  private toView({ kind, job, state, children }: FoundJob, position: number | null = null): JobView {
    return toView(job, kind, state, this.settings.resultTtl, { position, children });
  }

  /** So that looking for jobs does not open the embedded store where there never was one. */
  private get nothingStored(): boolean {
    return this.queues.store.holdsNothing;
  }
}

function isBehind({ processedOn, finishedOn }: BullJob, state: string): boolean {
  if (state === 'active') return processedOn === undefined;
  return (state === 'completed' || state === 'failed') && finishedOn === undefined;
}

function notFound(id: string): ParleyError {
  return new ParleyError('job_not_found', `There is no job "${id}".`);
}
