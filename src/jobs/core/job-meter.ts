import { Injectable } from '@nestjs/common';
import { MetricsService } from '../../observability/metrics/metrics.service.js';
import { KIND_NAMES, type JobKind } from '../kinds/kinds.js';

const SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200];

const OUTCOMES = ['completed', 'failed', 'cancelled', 'put back'] as const;

export type JobOutcome = (typeof OUTCOMES)[number];

/** Counts and times the jobs that this process works on. */
@Injectable()
export class JobMeter {
  private readonly outcomes;
  private readonly waits;
  private readonly durations;
  private readonly running = new Map<JobKind, number>(KIND_NAMES.map((kind) => [kind, 0]));

  constructor(metrics: MetricsService) {
    this.outcomes = metrics.counter('jobs_total', 'Runs of jobs that ended, by outcome', ['kind', 'outcome']);
    this.waits = metrics.histogram('job_queue_time_seconds', 'From the request to its first run', ['kind'], SECONDS);
    this.durations = metrics.histogram('job_duration_seconds', 'Length of one run of a job', ['kind'], SECONDS);
    // A series that is born at 1 has, for Prometheus, not increased.
    for (const kind of KIND_NAMES) {
      for (const outcome of OUTCOMES) this.outcomes.inc({ kind, outcome }, 0);
      this.waits.zero({ kind });
      this.durations.zero({ kind });
    }
    metrics.gauge('jobs_running', 'Jobs that this process works on', ['kind'], (gauge) => {
      for (const [kind, count] of this.running) gauge.set({ kind }, count);
    });
  }

  /** `createdAt`: milliseconds since 1970; null for a run that is not the first. @returns what notes its end. */
  begin(kind: JobKind, createdAt: number | null): (outcome: JobOutcome) => void {
    const began = performance.now();
    if (createdAt !== null) this.waits.observe({ kind }, Math.max(0, (Date.now() - createdAt) / 1000));
    this.add(kind, 1);
    return (outcome) => {
      this.add(kind, -1);
      this.outcomes.inc({ kind, outcome });
      this.durations.observe({ kind }, (performance.now() - began) / 1000);
    };
  }

  private add(kind: JobKind, difference: number): void {
    this.running.set(kind, (this.running.get(kind) ?? 0) + difference);
  }
}
