import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { ParleyError } from '../inference/errors.js';
import type { BullJob, JobOrigin, JobView, StoredJob } from './job.js';
import type { Asker } from './asker.js';
import { unendedChildren } from './job-children.js';
import { JobFlows, type FlowPart } from './job-flows.js';
import { childIdOf, fingerprintOf, jobIdFor, kindOfId } from './job-identity.js';
import { refuseUnkept } from './job-texts.js';
import { JobQueues } from './job-queues.js';
import { JobRoom } from './job-room.js';
import { JobRecords, UNENDED_STATES } from './job-records.js';
import { JOB_KINDS, type JobKind, type JobPayloads } from './kinds.js';

/** A part of a job's work that is a job of its own. */
export interface ChildJob<K extends JobKind = JobKind> {
  /** Its place among the parent's parts. */
  readonly index: number;
  readonly kind: K;
  readonly payload: JobPayloads[K];
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
/** Asking for jobs, and ending them. Every key has its own. */
@Injectable()
export class JobsService {
  constructor(
    private readonly queues: JobQueues,
    private readonly records: JobRecords,
    private readonly flows: JobFlows,
    private readonly room: JobRoom,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /**
   * Queues a job, or finds the one that the same key and `Idempotency-Key` made. `reply` names its route's answer. Throws
   * `overloaded` when too many wait.
   */
  async submit<K extends JobKind>(
    kind: K,
    payload: JobPayloads[K],
    reply: string,
    asker: Asker,
    children: readonly ChildJob[] = [],
  ): Promise<JobView> {
    refuseUnkept([payload, children]);
    const { id, isNew } = await this.idFor(kind, asker);
    if (isNew) await this.refuseIfFull([kind, ...children.map((child) => child.kind)]);
    const fingerprint = fingerprintOf(reply, [payload, children]);
    const data: StoredJob<K> = {
      keyId: asker.keyId,
      reply,
      payload,
      fingerprint,
      stays: !asker.waits,
      ...originOf(asker),
    };
    const job = await this.add(kind, data, id, asker, children);
    asker.request?.noteJob(job.id ?? id);
    const stored = await this.records.stored(kind, job.id ?? id);
    if (stored.data.fingerprint !== fingerprint) {
      throw new ParleyError('invalid_request', 'This Idempotency-Key was used for a different request.', {
        param: 'Idempotency-Key',
      });
    }
    return this.records.viewOf(kind, stored);
  }

  /** Throws `overloaded` as {@link submit} would, before anything is fetched for a job. */
  async checkRoom(kind: JobKind, { idempotencyKey }: Asker): Promise<void> {
    if (idempotencyKey === null) await this.refuseIfFull([kind]); // else it may be there already
  }

  /** Ends a job that has not ended. @returns how it stands then. */
  async cancel(id: string, keyId: string): Promise<JobView> {
    const { kind, job } = await this.records.owned(id, keyId);
    await this.endEarly(kind, job);
    return this.records.find(id, keyId);
  }

  /** Ends a job whose client has left, unless it was asked for as one that stays. */
  async abandon(id: string, keyId: string): Promise<void> {
    const { kind, job } = await this.records.owned(id, keyId);
    if (!job.data.stays) await this.endEarly(kind, job);
  }

  /** Removes a job that has ended. */
  async remove(id: string, keyId: string): Promise<void> {
    const { kind, job } = await this.records.owned(id, keyId);
    const deadline = performance.now() + STOP_PATIENCE_MS;
    // One that was cancelled may be at work for a moment longer, and its worker keeps it from being removed.
    while (await this.queues.use(kind, () => job.isActive())) {
      if (performance.now() > deadline) throw stillHeld(id);
      await delay(STOP_LOOK_MS);
    }
    await this.records.unlessGone(kind, id, () => job.remove());
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
      meant.map(async ({ id, data: { keyId } }) => ({ view: await this.records.find(id ?? '', keyId), keyId })),
    );
  }

  private async add<K extends JobKind>(
    kind: K,
    data: StoredJob<K>,
    id: string,
    asker: Asker,
    children: readonly ChildJob[],
  ): Promise<BullJob> {
    const options = this.optionsFor(kind, id, asker);
    let adding: Promise<BullJob> | null = null;
    try {
      return await this.queues.use(kind, (queue) => {
        this.queues.store.noteUnfinished(true);
        adding =
          children.length === 0
            ? queue.add(kind, data, options)
            : this.flows.add({ kind, data, options }, this.partsOf(children, data, id, asker));
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

  private async endEarly(kind: JobKind, job: BullJob): Promise<void> {
    const id = job.id ?? '';
    await this.records.unlessGone(kind, id, () => job.updateData({ ...job.data, cancelled: true }));
    await this.queues.announceCancel(kind, id);
    await this.endChildren(job);
  }

  /** A job whose children have not ended is not begun: it ends once they have. */
  private async endChildren(job: BullJob): Promise<void> {
    if (!(await this.queues.store.use(() => job.isWaitingChildren()))) return;
    const ids = await this.queues.store.use(() => unendedChildren(job));
    await Promise.all(
      ids.map(async (id) => {
        const kind = kindOfId(id);
        if (kind !== null) await this.endEarly(kind, await this.records.stored(kind, id));
      }),
    );
  }

  /** The id that a request's job gets, or has. A job that was cancelled is passed over: the request may be sent again. */
  private async idFor(kind: JobKind, asker: Asker): Promise<{ readonly id: string; readonly isNew: boolean }> {
    for (let round = 0; ; round++) {
      const id = jobIdFor(kind, asker, round);
      if (asker.idempotencyKey === null) return { id, isNew: true };
      const job = await this.queues.use(kind, (queue) => queue.getJob(id));
      if (job === undefined) return { id, isNew: true };
      if ((await this.records.viewOf(kind, job)).state !== 'cancelled') return { id, isNew: false };
    }
  }

  private async refuseIfFull(kinds: readonly JobKind[]): Promise<void> {
    await Promise.all([...new Set(kinds)].map((kind) => this.room.refuseIfFull(kind)));
  }

  private partsOf(children: readonly ChildJob[], parent: StoredJob, parentId: string, asker: Asker): FlowPart[] {
    return children.map(({ index, kind, payload }) => ({
      kind,
      data: { ...parent, payload, stays: true },
      options: {
        ...this.optionsFor(kind, childIdOf(kind, parentId, index), asker),
        // Nobody waits for a child alone: its trouble may pass.
        attempts: JOB_KINDS[kind].attempts,
        ignoreDependencyOnFailure: true,
      },
    }));
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

function originOf({ request }: Asker): { readonly origin?: JobOrigin } {
  return request === undefined ? {} : { origin: { requestId: request.id, traceHeaders: request.traceHeaders } };
}

function stillHeld(id: string): ParleyError {
  return new ParleyError('overloaded', `The job "${id}" is still being stopped.`, { retryAfterSeconds: 5 });
}
