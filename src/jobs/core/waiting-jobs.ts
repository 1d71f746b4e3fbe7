import { Injectable, Logger } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import { resolvesWithin } from '../../inference/deadline.js';
import { MetricsService } from '../../observability/metrics/metrics.service.js';
import { JobQueues } from './job-queues.js';
import { KIND_NAMES, type JobKind } from '../kinds/kinds.js';

/** A scrape is given up by Prometheus after 10 s: a slow store costs it this metric alone. */
const PATIENCE_MS = 2000;

/**
 * Shows how many jobs no worker has taken. All processes on one store show the same. Nothing is shown while the store
 * cannot be asked, and a scrape never opens the embedded one.
 */
@Injectable()
export class WaitingJobs {
  private readonly log = new Logger('Jobs');

  constructor(
    metrics: MetricsService,
    private readonly queues: JobQueues,
  ) {
    metrics.gauge('jobs_waiting', 'Jobs in the store that no worker has taken', ['kind'], (gauge) => this.show(gauge));
  }

  private async show(gauge: Gauge): Promise<void> {
    const { isOpen, holdsNothing } = this.queues.store;
    if (!isOpen && !holdsNothing) return;
    try {
      const counting = Promise.all(KIND_NAMES.map((kind) => this.countOf(kind)));
      if (!(await resolvesWithin(PATIENCE_MS, counting))) throw new Error(`no answer within ${String(PATIENCE_MS)} ms`);
      const counts = await counting;
      KIND_NAMES.forEach((kind, at) => gauge.set({ kind }, counts[at] ?? 0));
    } catch (error) {
      this.log.debug(`waiting jobs could not be counted: ${String(error)}`);
    }
  }

  private async countOf(kind: JobKind): Promise<number> {
    if (this.queues.store.holdsNothing) return 0;
    return this.queues.use(kind, (queue) => queue.getJobCountByTypes('waiting', 'prioritized'));
  }
}
