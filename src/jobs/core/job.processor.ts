import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger, Optional } from '@nestjs/common';
import { WaitingError, type WorkerOptions } from 'bullmq';
import { ParleyError, ShuttingDown, throwIfAborted, type ErrorCode } from '../../inference/errors.js';
import type { RunRecorder } from '../../inference/run-recorder.js';
import { JobRecord, type JobFacts } from '../../observability/telemetry/job-record.js';
import { NO_TRACING, TRACING, type Tracing } from '../../observability/telemetry/tracing.js';
import type { BullJob, JobProgress } from './job.js';
import { outcomesOf, type ChildOutcome } from './job-children.js';
import { progressOf } from './job-view.js';
import { toBullError } from './job-failure.js';
import { JobMeter, type JobOutcome } from './job-meter.js';
import { JOB_KINDS, type JobKept, type JobKind, type JobPayloads, type JobResults } from '../kinds/kinds.js';
import { extrasOf, ProgressReport } from './progress-report.js';
import { RunningJobs } from './running-jobs.js';

/** A job whose process died is free for another after this long without a sign of life. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5000;
/** How often a job may lose its process before it counts as what kills them. */
const MAX_STALLS = 5;

/** How soon a worker asks again after the store was out of reach; also how long its last question holds up a stop. */
const RETRY_MS = 200;

/** What BullMQ needs to know about the worker of a kind. */
export function workerOptions(kind: JobKind): Omit<WorkerOptions, 'connection'> {
  return {
    concurrency: JOB_KINDS[kind].concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: MAX_STALLS,
    runRetryDelay: RETRY_MS,
  };
}

/** What a job at work has at hand. */
export interface JobTools<K extends JobKind = JobKind> {
  readonly id: string;
  /** The API key that asked for it. */
  readonly keyId: string;
  /** Aborts when the job is cancelled or the process ends. */
  readonly signal: AbortSignal;
  readonly report: (done: number, total: number, unit: JobProgress['unit']) => void;
  /** Whether a client waits for it. */
  readonly waits: boolean;
  /** To be given to whatever computes for it. */
  readonly recorder: RunRecorder;
  /** Shows a generated file as the work's present state. */
  readonly show: (file: string) => void;
  /** What an earlier attempt has kept; null: nothing, or there was none. */
  readonly kept: JobKept[K] | null;
  /** Keeps what is done so far; resolves once it is stored, or could not be. */
  readonly keep: (kept: JobKept[K]) => Promise<void>;
  /** How the job's children ended, by their ids. */
  readonly outcomes: <T>() => Promise<ReadonlyMap<string, ChildOutcome<T>>>;
}

/** Does the jobs of one kind, in whatever process has it. Subclasses say what the work is. */
export abstract class JobProcessor<K extends JobKind> extends WorkerHost {
  private readonly log = new Logger('Jobs');
  /** Not a parameter of every kind's constructor. */
  @Optional()
  @Inject(TRACING)
  private readonly tracing: Tracing = NO_TRACING;

  protected constructor(
    private readonly kind: K,
    private readonly running: RunningJobs,
    private readonly meter: JobMeter,
  ) {
    super();
  }

  /** The store tells of its outages; BullMQ would print what nobody listens to. */
  @OnWorkerEvent('error')
  onWorkerError(error: Error): void {
    this.log.debug(`BullMQ: ${error.message}`);
  }

  override async process(job: BullJob<K>, token?: string): Promise<JobResults[K]> {
    const id = job.id ?? '';
    const signal = this.running.begin(this.kind, id);
    const timed = this.meter.begin(this.kind, job.attemptsStarted > 1 ? null : job.timestamp);
    const record = new JobRecord(factsOf(this.kind, job), this.tracing);
    const ended = (outcome: JobOutcome, code: ErrorCode | null = null): void => {
      timed(outcome);
      record.end(outcome, code);
    };
    const before = extrasOf(progressOf(job.progress));
    const progress = new ProgressReport((state) => job.updateProgress(state), before);
    try {
      if (job.data.cancelled === true) this.running.cancel(id);
      throwIfAborted(signal);
      const { keyId, payload, stays } = job.data;
      const result = await this.work(payload, {
        id,
        keyId,
        signal,
        waits: !stays,
        recorder: record.runs,
        report: (done, total, unit) => progress.report(done, total, unit),
        show: (file) => progress.add({ preview: file }),
        kept: (before.kept ?? null) as JobKept[K] | null,
        keep: (done) => {
          progress.add({ kept: done });
          return progress.flush();
        },
        outcomes: <T>() => outcomesOf<T>(job),
      });
      await progress.flush();
      ended('completed');
      return result;
    } catch (error) {
      if (signal.reason instanceof ShuttingDown && token !== undefined) {
        ended('put back');
        await job.moveToWait(token);
        throw new WaitingError();
      }
      const code = error instanceof ParleyError ? error.code : 'internal';
      if (code === 'cancelled') ended('cancelled');
      else ended('failed', code);
      if (!(error instanceof ParleyError)) this.log.error(error);
      throw toBullError(signal.aborted ? signal.reason : error);
    } finally {
      this.running.end(id);
    }
  }

  protected abstract work(payload: JobPayloads[K], tools: JobTools<K>): Promise<JobResults[K]>;
}

function factsOf(kind: JobKind, job: BullJob): JobFacts {
  const { keyId, origin } = job.data;
  return {
    id: job.id ?? '',
    kind,
    keyId,
    attempt: job.attemptsStarted,
    createdAt: job.timestamp,
    requestId: origin?.requestId,
    traceHeaders: origin?.traceHeaders ?? {},
  };
}
