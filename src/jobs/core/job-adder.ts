import { Inject, Injectable } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import type { BullJob, StoredJob } from './job.js';
import { JobAdmission } from './job-admission.js';
import { JobFlows, type FlowPart } from './job-flows.js';
import { childIdOf } from './job-identity.js';
import { JobQueues } from './job-queues.js';
import type { JobRequester } from './job-requester.js';
import { JOB_KINDS, type JobKind, type JobPayloads } from '../kinds/kinds.js';
import { JobIndex } from './ledger/job-index.js';

/** A part of a job's work that is a job of its own. */
export interface ChildJob<K extends JobKind = JobKind> {
  /** Its place among the parent's parts. */
  readonly index: number;
  readonly kind: K;
  readonly payload: JobPayloads[K];
}

export interface NewJob<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly data: StoredJob<K>;
  readonly id: string;
  readonly children: readonly ChildJob[];
}

/** Jobs that ended are still listed for a while after their results have expired. */
const KEPT_AFTER_EXPIRY_SECONDS = 86_400;
const KEPT_AT_MOST = 10_000;
const RETRY_DELAY_MS = 2000;

/** Adds jobs to the queues: a place in the line first, then an entry in the key's list, then the job. */
@Injectable()
export class JobAdder {
  constructor(
    private readonly queues: JobQueues,
    private readonly flows: JobFlows,
    private readonly admission: JobAdmission,
    private readonly index: JobIndex,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'resultTtl'>,
  ) {}

  /** Throws `overloaded` as {@link add} would for a single job. */
  assertCapacity(kind: JobKind, requester: JobRequester): Promise<void> {
    return this.admission.assertCapacity(kind, requester);
  }

  /** Adds a job and its children, all or none. Throws `overloaded` when too many wait. */
  async add<K extends JobKind>(job: NewJob<K>, requester: JobRequester): Promise<void> {
    const ids = idsByKind(job);
    const priorities = new Map<string, number>();
    try {
      for (const [kind, each] of ids) {
        const turns = await this.admission.enter(kind, requester, each);
        turns.forEach((turn, at) => priorities.set(each[at] ?? '', turn));
      }
      const createdAt = Date.now();
      await this.index.add(requester.keyId, [...ids.values()].flat(), createdAt);
      const options = (kind: JobKind, id: string): JobsOptions => ({
        ...this.optionsFor(kind, id, requester),
        priority: priorities.get(id) ?? 0,
        timestamp: createdAt,
      });
      await this.addToQueue(job, requester, options);
    } catch (error) {
      const places = [...ids].flatMap(([kind, each]) => each.map((id) => this.admission.leave(kind, id)));
      await Promise.allSettled(requester.idempotencyKey === null ? places : []);
      throw error;
    }
  }

  private async addToQueue<K extends JobKind>(
    { kind, data, id, children }: NewJob<K>,
    requester: JobRequester,
    optionsOf: (kind: JobKind, id: string) => JobsOptions,
  ): Promise<void> {
    let adding: Promise<BullJob> | null = null;
    const parts = children.map((child): FlowPart => {
      const childId = childIdOf(child.kind, id, child.index);
      return {
        kind: child.kind,
        data: { ...data, payload: child.payload, stays: true },
        options: {
          ...optionsOf(child.kind, childId),
          // No client waits for a child alone: its error may be temporary.
          attempts: JOB_KINDS[child.kind].attempts,
          ignoreDependencyOnFailure: true,
        },
      };
    });
    try {
      await this.queues.use(kind, (queue) => {
        this.queues.store.noteUnfinished(true);
        const options = optionsOf(kind, id);
        adding = parts.length === 0 ? queue.add(kind, data, options) : this.flows.add({ kind, data, options }, parts);
        return adding;
      });
    } catch (error) {
      // The client is told that there is no job: one that comes through later must not be done. With an
      // Idempotency-Key it may be the job of an earlier request.
      const late = requester.idempotencyKey === null ? (adding as Promise<BullJob> | null) : null;
      late?.then((job) => job.remove()).catch(() => undefined);
      throw error;
    }
  }

  private optionsFor(kind: JobKind, jobId: string, { isAwaited }: JobRequester): JobsOptions {
    const kept = { age: this.settings.resultTtl + KEPT_AFTER_EXPIRY_SECONDS, count: KEPT_AT_MOST };
    return {
      jobId,
      // A client that waits gets the error at once, and decides.
      attempts: isAwaited ? 1 : JOB_KINDS[kind].attempts,
      backoff: { type: 'exponential', delay: RETRY_DELAY_MS },
      removeOnComplete: kept,
      removeOnFail: kept,
    };
  }
}

/** The ids of a job and its children, by their kinds. */
function idsByKind({ kind, id, children }: NewJob): ReadonlyMap<JobKind, string[]> {
  const ids = new Map<JobKind, string[]>([[kind, [id]]]);
  for (const child of children) {
    ids.set(child.kind, [...(ids.get(child.kind) ?? []), childIdOf(child.kind, id, child.index)]);
  }
  return ids;
}
