import { setMaxListeners } from 'node:events';
import { Injectable } from '@nestjs/common';
import { ParleyError, ShuttingDown } from '../../inference/errors.js';
import { JobQueues } from './job-queues.js';
import type { JobKind } from '../kinds/kinds.js';

/** How often a running job looks whether it has been cancelled: the announcement may be lost with a connection. */
const CANCEL_CHECK_MS = 5000;

interface Running {
  readonly controller: AbortController;
  readonly check: NodeJS.Timeout;
}

/** The jobs that this process works on now. */
@Injectable()
export class RunningJobs {
  private readonly running = new Map<string, Running>();
  private readonly ending = new AbortController();

  constructor(private readonly queues: JobQueues) {
    setMaxListeners(0, this.ending.signal); // one for each client that waits for a job
    queues.onCancel((id) => this.cancel(id));
  }

  /** Enters a job. The signal aborts when it is cancelled or the process ends. */
  begin(kind: JobKind, id: string): AbortSignal {
    const controller = new AbortController();
    const check = setInterval(() => void this.checkCancelled(kind, id), CANCEL_CHECK_MS);
    this.running.set(id, { controller, check });
    if (this.ending.signal.aborted) controller.abort(new ShuttingDown());
    return controller.signal;
  }

  end(id: string): void {
    clearInterval(this.running.get(id)?.check);
    this.running.delete(id);
  }

  cancel(id: string): void {
    this.running.get(id)?.controller.abort(new ParleyError('cancelled', 'The job was cancelled.'));
  }

  /** Aborts once no job is worked on here any more, and none is waited for. */
  get ended(): AbortSignal {
    return this.ending.signal;
  }

  /** Aborts all of them; each goes back into its queue. */
  putBack(): void {
    this.ending.abort(new ShuttingDown());
    for (const { controller } of this.running.values()) controller.abort(new ShuttingDown());
  }

  private async checkCancelled(kind: JobKind, id: string): Promise<void> {
    try {
      const job = await this.queues.use(kind, (queue) => queue.getJob(id));
      if (job?.data.cancelled === true) this.cancel(id);
    } catch {
      // the store is away: it is asked again
    }
  }

  get count(): number {
    return this.running.size;
  }
}
