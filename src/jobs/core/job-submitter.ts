import { Injectable } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import { hasEnded, type BullJob, type JobOrigin, type JobView, type StoredJob } from './job.js';
import { JobAdder, type ChildJob } from './job-adder.js';
import { JobCanceller } from './job-canceller.js';
import { fingerprintOf, jobIdFor } from './job-identity.js';
import { JobQueues } from './job-queues.js';
import { JobRecords } from './job-records.js';
import type { JobRequester } from './job-requester.js';
import { refuseUnkept } from './job-texts.js';
import type { JobKind, JobPayloads } from '../kinds/kinds.js';
import { WaiterLeases } from './waiter-leases.js';

export interface Submission<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly payload: JobPayloads[K];
  /** Name of the route whose answer the result is. */
  readonly reply: string;
  readonly children: readonly ChildJob[];
}

/** Queues jobs, of which one `Idempotency-Key` has one. */
@Injectable()
export class JobSubmitter {
  constructor(
    private readonly queues: JobQueues,
    private readonly records: JobRecords,
    private readonly adder: JobAdder,
    private readonly canceller: JobCanceller,
    private readonly waiters: WaiterLeases,
  ) {}

  /**
   * Queues a job, or finds the one that the same key and `Idempotency-Key` made. `reply` names its route's answer. Throws
   * `overloaded` when too many wait.
   */
  async submit<K extends JobKind>(
    { kind, payload, reply, children }: Submission<K>,
    requester: JobRequester,
  ): Promise<JobView> {
    refuseUnkept([payload, children]);
    const fingerprint = fingerprintOf(reply, [payload, children]);
    const data: StoredJob<K> = {
      keyId: requester.keyId,
      reply,
      payload,
      fingerprint,
      stays: !requester.isAwaited,
      ...originOf(requester),
    };
    const { id, view } = await this.queues.store.withPlaceOf(requester.keyId, () =>
      this.addOrFind({ kind, data, children }, requester),
    );
    requester.request?.noteJob(id);
    return view;
  }

  /** Throws `overloaded` as {@link submit} would; not with an `Idempotency-Key`, whose job may be there already. */
  async assertCapacity(kind: JobKind, requester: JobRequester): Promise<void> {
    if (requester.idempotencyKey === null) await this.adder.assertCapacity(kind, requester);
  }

  /** A job that was cancelled, or is about to be, is passed over: the request may be sent again. */
  private async addOrFind<K extends JobKind>(
    { kind, data, children }: { kind: K; data: StoredJob<K>; children: readonly ChildJob[] },
    requester: JobRequester,
  ): Promise<{ id: string; view: JobView }> {
    for (let round = 0; ; round++) {
      const id = jobIdFor(kind, requester, round);
      const joins = requester.idempotencyKey !== null;
      // Joined first: the client that waits now may leave while this one looks.
      const joined = !joins || !requester.isAwaited || (await this.waiters.join(id));
      if (!joined && !(await this.hasResult(kind, id))) continue;
      try {
        const found = joins ? await this.queues.use(kind, (queue) => queue.getJob(id)) : undefined;
        if (found === undefined) await this.adder.add({ kind, data, id, children }, requester);
        const stored = await this.records.stored(kind, id);
        const view = await this.records.viewOf(kind, stored);
        if (joins && view.state === 'cancelled') {
          await this.waiters.release(id);
          continue;
        }
        assertSameRequest(stored, data.fingerprint);
        if (requester.isAwaited || stored.data.stays || hasEnded(view)) return { id, view };
        if (await this.waiters.detach(id)) return { id, view };
      } catch (error) {
        if (joins && requester.isAwaited) await this.withdraw(id, requester.keyId).catch(() => undefined);
        throw error;
      }
    }
  }

  private async hasResult(kind: JobKind, id: string): Promise<boolean> {
    const job = await this.queues.use(kind, (queue) => queue.getJob(id));
    if (job === undefined) return false;
    const view = await this.records.viewOf(kind, job);
    return hasEnded(view) && view.state !== 'cancelled';
  }

  /** Takes back a {@link WaiterLeases.join} whose request failed. */
  private async withdraw(id: string, keyId: string): Promise<void> {
    const view = await this.records.find(id, keyId).catch(() => null);
    if (view === null || hasEnded(view)) await this.waiters.release(id);
    else await this.canceller.abandon(id, keyId);
  }
}

function assertSameRequest({ data }: BullJob, fingerprint: string): void {
  if (data.fingerprint === fingerprint) return;
  throw new ParleyError('invalid_request', 'This Idempotency-Key was used for a different request.', {
    param: 'Idempotency-Key',
  });
}

function originOf({ request }: JobRequester): { readonly origin?: JobOrigin } {
  return request === undefined ? {} : { origin: { requestId: request.id, traceHeaders: request.traceHeaders } };
}
