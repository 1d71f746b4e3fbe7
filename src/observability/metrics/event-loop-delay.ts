import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { MetricsService } from './metrics.service.js';

const INTERVAL_MS = 20;
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Samples how late a timer runs. A histogram, since its buckets only grow: several scrapers see the same, and Prometheus
 * makes quantiles for any window of them.
 */
@Injectable()
export class EventLoopDelay implements OnModuleDestroy {
  private readonly timer: NodeJS.Timeout;

  constructor(metrics: MetricsService) {
    const delay = metrics.histogram('event_loop_delay_seconds', 'Delay of a timer by other work', [], BUCKETS);
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      delay.observe(Math.max(0, now - last - INTERVAL_MS) / 1000);
      last = now;
    }, INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}
