import { Injectable } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import type { BullJob } from './job.js';
import { toBullError } from './job-failure.js';
import { pendingChildren } from './job-children.js';
import { kindOfId } from './job-identity.js';
import { JobQueues } from './job-queues.js';
import { JobRecords } from './job-records.js';
import type { JobKind } from '../kinds/kinds.js';
import { JobLine } from './ledger/job-line.js';
import { WaiterLeases } from './waiter-leases.js';

/** BullMQ asks the worker's token for whatever is active; this one is for jobs that no worker has. */
const NO_LOCK = '0';

/** Ends jobs early: those that wait at once, those at work by way of their workers. */
@Injectable()
export class JobCanceller {
  constructor(
    private readonly queues: JobQueues,
    private readonly records: JobRecords,
    private readonly line: JobLine,
    private readonly waiters: WaiterLeases,
  ) {}

  /** Ends a job that has not ended, and its children. */
  async cancel(kind: JobKind, job: BullJob): Promise<void> {
    const id = job.id ?? '';
    await this.records.unlessGone(kind, id, () => job.updateData({ ...job.data, cancelled: true }));
    if (await this.endWaiting(kind, job)) return;
    await this.queues.announceCancel(kind, id);
    await this.cancelChildren(job);
  }

  /** Ends a job whose last client has left, unless it was accepted with 202. */
  async abandon(id: string, keyId: string): Promise<void> {
    if ((await this.waiters.leave(id)) === 'others') return;
    const { kind, job } = await this.records.owned(id, keyId);
    if (!job.data.stays) await this.cancel(kind, job);
  }

  /** A job that waits takes no worker's turn any more, and no place of its key. */
  private async endWaiting(kind: JobKind, job: BullJob): Promise<boolean> {
    if (!(await this.line.take(kind, job.id ?? ''))) return false;
    const error = toBullError(new ParleyError('cancelled', 'The job was cancelled.'));
    await this.records.unlessGone(kind, job.id ?? '', async () => {
      await job.moveToFailed(error, NO_LOCK);
    });
    await this.line.ended(kind, job.id ?? '');
    return true;
  }

  /** A job whose children have not ended is not begun: it ends once they have. */
  private async cancelChildren(job: BullJob): Promise<void> {
    if (!(await this.queues.store.use(() => job.isWaitingChildren()))) return;
    const ids = await this.queues.store.use(() => pendingChildren(job));
    await Promise.all(
      ids.map(async (id) => {
        const kind = kindOfId(id);
        if (kind !== null) await this.cancel(kind, await this.records.stored(kind, id));
      }),
    );
  }
}
