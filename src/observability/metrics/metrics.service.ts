import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type {
  EvictionReason,
  InferenceObserver,
  RejectionReason,
  RequestLabels,
  RequestReport,
} from '../../inference/observer.js';

// Buckets as vLLM has them, so that dashboards made for it can be read across.
const TTFT = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
];
const INTER_TOKEN = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10,
];
const REQUEST = [0.1, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960];
const LOAD = [0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320];

const LABELS = ['model', 'task', 'dialect'] as const;

/** Counts and times what the core reports. Gauges are read at the scrape, in `gauges.ts`. */
@Injectable()
export class MetricsService implements InferenceObserver {
  readonly registry = new Registry();

  private readonly firstToken = this.histogram('time_to_first_token_seconds', 'Arrival to first token', LABELS, TTFT);
  private readonly interTokenTime = this.histogram(
    'inter_token_latency_seconds',
    'Time between two pieces of one stream',
    LABELS,
    INTER_TOKEN,
  );
  private readonly e2e = this.histogram('e2e_request_latency_seconds', 'Arrival to end of a request', LABELS, REQUEST);
  private readonly queueTime = this.histogram(
    'request_queue_time_seconds',
    "Arrival to the request's own slot, the model's load included",
    LABELS,
    REQUEST,
  );
  private readonly promptTokens = this.counter('prompt_tokens_total', 'Prompt tokens accepted', LABELS);
  private readonly cachedTokens = this.counter('prompt_tokens_cached_total', 'Of these, found in the KV cache', LABELS);
  private readonly generationTokens = this.counter('generation_tokens_total', 'Tokens generated', LABELS);
  private readonly requests = this.counter('requests_total', 'Requests by outcome', [...LABELS, 'outcome']);
  private readonly rejections = this.counter('admission_rejections_total', 'Requests refused', ['model', 'reason']);
  private readonly loads = this.counter('model_loads_total', 'Loads of a model', ['model', 'outcome']);
  private readonly loadTime = this.histogram('model_load_seconds', 'Time to load a model', ['model'], LOAD);
  private readonly evictions = this.counter('model_evictions_total', 'Unloads of a model', ['model', 'reason']);
  private readonly restarts = this.counter('runner_restarts_total', 'Runners that ended unexpectedly', ['model']);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  requestEnded(report: RequestReport): void {
    const labels = { model: report.model, task: report.task, dialect: report.dialect };
    this.requests.inc({ ...labels, outcome: report.outcome });
    this.queueTime.observe(labels, report.queueSeconds);
    this.e2e.observe(labels, report.totalSeconds);
    if (report.firstTokenSeconds !== null) this.firstToken.observe(labels, report.firstTokenSeconds);
    this.promptTokens.inc(labels, report.promptTokens);
    this.cachedTokens.inc(labels, report.cachedTokens);
    this.generationTokens.inc(labels, report.completionTokens);
  }

  interToken(labels: RequestLabels, seconds: number): void {
    this.interTokenTime.observe({ ...labels }, seconds);
  }

  rejected(reason: RejectionReason, model: string): void {
    this.rejections.inc({ model, reason });
  }

  modelLoaded(model: string, seconds: number): void {
    this.loads.inc({ model, outcome: 'success' });
    this.loadTime.observe({ model }, seconds);
    // A series that is born at 1 has, for Prometheus, not increased: what is alerted on is there before it happens.
    this.loads.inc({ model, outcome: 'failure' }, 0);
    this.restarts.inc({ model }, 0);
    this.rejections.inc({ model, reason: 'overloaded' }, 0);
  }

  modelLoadFailed(model: string): void {
    this.loads.inc({ model, outcome: 'failure' });
  }

  modelUnloaded(model: string, reason: EvictionReason): void {
    this.evictions.inc({ model, reason });
  }

  runnerEnded(model: string): void {
    this.restarts.inc({ model });
  }

  /** A gauge whose values are set at each scrape; the scrape waits for `collect`, which must not reject. */
  gauge(name: string, help: string, labels: readonly string[], collect: (gauge: Gauge) => void | Promise<void>): void {
    new Gauge({
      name: `parley_${name}`,
      help,
      labelNames: labels,
      registers: [this.registry],
      collect() {
        this.reset();
        return collect(this);
      },
    });
  }

  /** A counter, named without the `parley_` that all of them begin with. */
  counter(name: string, help: string, labels: readonly string[]): Counter {
    return new Counter({ name: `parley_${name}`, help, labelNames: labels, registers: [this.registry] });
  }

  histogram(name: string, help: string, labels: readonly string[], buckets: number[]): Histogram {
    return new Histogram({ name: `parley_${name}`, help, labelNames: labels, buckets, registers: [this.registry] });
  }
}
