import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import type { JobView } from './job.js';
import type { ChildJob } from './job-adder.js';
import { JobCanceller } from './job-canceller.js';
import { JobQueues } from './job-queues.js';
import { JobRecords, PENDING_STATES } from './job-records.js';
import type { JobRequester } from './job-requester.js';
import { JobSubmitter } from './job-submitter.js';
import type { JobKind, JobPayloads } from '../kinds/kinds.js';
import { WaiterLeases } from './waiter-leases.js';

/** A job that was cancelled stops within a moment, unless its process is gone. */
const STOP_PATIENCE_MS = 5000;
const STOP_POLL_MS = 20;

/** Submits jobs, and ends them. Every key has its own. */
@Injectable()
export class JobsService {
  constructor(
    private readonly queues: JobQueues,
    private readonly records: JobRecords,
    private readonly submitter: JobSubmitter,
    private readonly canceller: JobCanceller,
    private readonly waiters: WaiterLeases,
  ) {}

  /** See {@link JobSubmitter.submit}. */
  submit<K extends JobKind>(
    kind: K,
    payload: JobPayloads[K],
    reply: string,
    requester: JobRequester,
    children: readonly ChildJob[] = [],
  ): Promise<JobView> {
    return this.submitter.submit({ kind, payload, reply, children }, requester);
  }

  /** Throws `overloaded` as {@link submit} would, before anything is fetched for a job. */
  assertCapacity(kind: JobKind, requester: JobRequester): Promise<void> {
    return this.submitter.assertCapacity(kind, requester);
  }

  /** Ends a job that has not ended. @returns how it stands then. */
  async cancel(id: string, keyId: string): Promise<JobView> {
    const { kind, job } = await this.records.owned(id, keyId);
    await this.canceller.cancel(kind, job);
    return this.records.find(id, keyId);
  }

  /** Ends a job whose last client has left, unless it was accepted with 202. */
  abandon(id: string, keyId: string): Promise<void> {
    return this.canceller.abandon(id, keyId);
  }

  /** Notes that a client no longer waits for a job that has ended. */
  release(id: string): Promise<void> {
    return this.waiters.release(id);
  }

  /** Removes a job that has ended. */
  async remove(id: string, keyId: string): Promise<void> {
    const { kind, job } = await this.records.owned(id, keyId);
    const deadline = performance.now() + STOP_PATIENCE_MS;
    // One that was cancelled may be at work for a moment longer, and its worker keeps it from being removed.
    while (await this.queues.use(kind, () => job.isActive())) {
      if (performance.now() > deadline) throw stillHeld(id);
      await delay(STOP_POLL_MS);
    }
    await this.records.unlessGone(kind, id, () => job.remove());
  }

  /** Ends every job of a kind that `matches`, of any key. @returns the ended jobs with their owners. */
  async cancelWhere<K extends JobKind>(
    kind: K,
    matches: (payload: JobPayloads[K]) => boolean,
  ): Promise<{ readonly view: JobView; readonly keyId: string }[]> {
    const jobs = await this.queues.use(kind, (queue) => queue.getJobs([...PENDING_STATES]));
    const meant = jobs.filter((job) => matches(job.data.payload as JobPayloads[K]));
    await Promise.all(meant.map((job) => this.canceller.cancel(kind, job)));
    return Promise.all(
      meant.map(async ({ id, data: { keyId } }) => ({ view: await this.records.find(id ?? '', keyId), keyId })),
    );
  }
}

function stillHeld(id: string): ParleyError {
  return new ParleyError('overloaded', `The job "${id}" is still being stopped.`, { retryAfterSeconds: 5 });
}
