import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { ParleyError } from '../inference/errors.js';
import type { BullJob, JobState, JobView, StoredJob } from './job.js';
import type { Asker } from './asker.js';
import { fingerprintOf, jobIdFor, kindOfId } from './job-identity.js';
import { JobQueues, type JobQueue } from './job-queues.js';
import { toView } from './job-view.js';
import { JOB_KINDS, KIND_NAMES, type JobKind, type JobPayloads } from './kinds.js';

/** Which jobs to list; null: all. */
export interface JobFilter {
  readonly kind: JobKind | null;
  readonly state: JobState | null;
  readonly limit: number;
}

/** BullMQ does jobs of a lower number first. */
const PRIORITY = { waits: 1, later: 10 } as const;
/** Jobs that ended are still listed for a while after their results have expired. */
const KEPT_AFTER_EXPIRY_SECONDS = 86_400;
const KEPT_AT_MOST = 10_000;
const RETRY_DELAY_MS = 2000;
/** A job that was cancelled stops within a moment, unless its process is gone. */
const STOP_PATIENCE_MS = 5000;
const STOP_LOOK_MS = 20;
/** Jobs of each state that are looked through at a time. */
const LIST_WINDOW = 1000;

/** Asking for jobs, finding them, and ending them. Every key has its own. */
@Injectable()
export class JobsService {
  constructor(
    private readonly queues: JobQueues,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Queues a job, or finds the one that the same key and `Idempotency-Key` made. `reply` names its route's answer. */
  async submit<K extends JobKind>(kind: K, payload: JobPayloads[K], reply: string, asker: Asker): Promise<JobView> {
    const id = await this.idFor(kind, asker);
    const fingerprint = fingerprintOf(reply, payload);
    const data: StoredJob<K> = { keyId: asker.keyId, reply, payload, fingerprint, stays: !asker.waits };
    const job = await this.add(kind, data, id, asker);
    const stored = await this.bullJob(kind, job.id ?? id);
    if (stored.data.fingerprint !== fingerprint) {
      throw new ParleyError('invalid_request', 'This Idempotency-Key was used for a different request.', {
        param: 'Idempotency-Key',
      });
    }
    return this.viewOf(kind, stored);
  }

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

  /** Ends a job that has not ended. @returns how it stands then. */
  async cancel(id: string, keyId: string): Promise<JobView> {
    const { kind, job } = await this.owned(id, keyId);
    await this.endEarly(kind, job);
    return this.find(id, keyId);
  }

  /** Ends a job whose client has left, unless it was asked for as one that stays. */
  async abandon(id: string, keyId: string): Promise<void> {
    const { kind, job } = await this.owned(id, keyId);
    if (!job.data.stays) await this.endEarly(kind, job);
  }

  /** Removes a job that has ended. */
  async remove(id: string, keyId: string): Promise<void> {
    const { kind, job } = await this.owned(id, keyId);
    const deadline = Date.now() + STOP_PATIENCE_MS;
    // One that was cancelled may be at work for a moment longer, and its worker keeps it from being removed.
    while (await this.queues.use(kind, () => job.isActive())) {
      if (Date.now() > deadline) throw stillHeld(id);
      await delay(STOP_LOOK_MS);
    }
    await this.unlessGone(kind, id, () => job.remove());
  }

  /** Ends every job of a kind that `matches`, whoever asked for it. @returns those that were ended, and their owners. */
  async cancelWhere<K extends JobKind>(
    kind: K,
    matches: (payload: JobPayloads[K]) => boolean,
  ): Promise<{ readonly view: JobView; readonly keyId: string }[]> {
    const jobs = await this.queues.use(kind, (queue) => queue.getJobs([...UNENDED_STATES]));
    const meant = jobs.filter((job) => matches(job.data.payload as JobPayloads[K]));
    await Promise.all(meant.map((job) => this.endEarly(kind, job)));
    return Promise.all(
      meant.map(async ({ id, data: { keyId } }) => ({ view: await this.find(id ?? '', keyId), keyId })),
    );
  }

  /** Jobs that have not ended, in all queues. */
  async unfinished(): Promise<number> {
    const counts = await Promise.all(
      KIND_NAMES.map((kind) => this.queues.use(kind, (queue) => queue.getJobCountByTypes(...UNENDED_STATES))),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async add<K extends JobKind>(kind: K, data: StoredJob<K>, id: string, asker: Asker): Promise<BullJob> {
    const options = this.optionsFor(kind, id, asker);
    let adding: Promise<BullJob> | null = null;
    try {
      return await this.queues.use(kind, (queue) => {
        this.queues.store.noteUnfinished(true);
        adding = queue.add(kind, data, options);
        return adding;
      });
    } catch (error) {
      // The client is told that there is no job: one that comes through later must not be done. With an
      // Idempotency-Key it may be the job of an earlier request.
      const late = asker.idempotencyKey === null ? (adding as Promise<BullJob> | null) : null;
      late?.then((job) => job.remove()).catch(() => undefined);
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

  private async endEarly(kind: JobKind, job: BullJob): Promise<void> {
    const id = job.id ?? '';
    await this.unlessGone(kind, id, () => job.updateData({ ...job.data, cancelled: true }));
    await this.queues.announceCancel(kind, id);
  }

  /** Of a job that somebody else has removed meanwhile BullMQ throws errors of its own: they become `job_not_found`. */
  private async unlessGone(kind: JobKind, id: string, operation: () => Promise<void>): Promise<void> {
    try {
      await this.queues.use(kind, operation);
    } catch (error) {
      await this.bullJob(kind, id);
      throw error;
    }
  }

  /** The id that a request's job gets, or has. A job that was cancelled is passed over: the request may be sent again. */
  private async idFor(kind: JobKind, asker: Asker): Promise<string> {
    for (let round = 0; ; round++) {
      const id = jobIdFor(kind, asker, round);
      if (asker.idempotencyKey === null) return id;
      const job = await this.queues.use(kind, (queue) => queue.getJob(id));
      if (job === undefined || (await this.viewOf(kind, job)).state !== 'cancelled') return id;
    }
  }

  private async owned(id: string, keyId: string): Promise<{ kind: JobKind; job: BullJob }> {
    const kind = kindOfId(id);
    if (kind === null || this.nothingStored) throw notFound(id);
    const job = await this.bullJob(kind, id);
    if (job.data.keyId !== keyId) throw notFound(id);
    return { kind, job };
  }

  private async bullJob(kind: JobKind, id: string): Promise<BullJob> {
    const job = await this.queues.use(kind, (queue) => queue.getJob(id));
    if (job === undefined) throw notFound(id);
    return job;
  }

  private async viewOf(kind: JobKind, job: BullJob): Promise<JobView> {
    return this.queues.use(kind, async (queue) => {
      const state = await job.getState();
      const current = isBehind(job, state) ? ((await queue.getJob(job.id ?? '')) ?? job) : job;
      const waits = state === 'waiting' || state === 'prioritized';
      const position = waits ? await positionOf(queue, job.id ?? '') : null;
      return toView(current, kind, state, this.settings.resultTtl, position);
    });
  }

  private optionsFor(kind: JobKind, jobId: string, { waits }: Asker): JobsOptions {
    const kept = { age: this.settings.resultTtl + KEPT_AFTER_EXPIRY_SECONDS, count: KEPT_AT_MOST };
    return {
      jobId,
      priority: waits ? PRIORITY.waits : PRIORITY.later,
      // Who waits is told at once what went wrong, and decides.
      attempts: waits ? 1 : JOB_KINDS[kind].attempts,
      backoff: { type: 'exponential', delay: RETRY_DELAY_MS },
      removeOnComplete: kept,
      removeOnFail: kept,
    };
  }
}

const UNENDED_STATES = ['waiting', 'prioritized', 'active', 'delayed'] as const;
const ALL_STATES = [...UNENDED_STATES, 'completed', 'failed'] as const;

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

function stillHeld(id: string): ParleyError {
  return new ParleyError('overloaded', `The job "${id}" is still being stopped.`, { retryAfterSeconds: 5 });
}

function notFound(id: string): ParleyError {
  return new ParleyError('job_not_found', `There is no job "${id}".`);
}
