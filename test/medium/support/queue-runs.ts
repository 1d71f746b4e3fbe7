import { abortReason } from '../../../src/inference/errors.js';
import { JobMeter } from '../../../src/jobs/core/job-meter.js';
import { JobProcessor, type JobTools } from '../../../src/jobs/core/job.processor.js';
import type { PullPayload, PullResult } from '../../../src/jobs/kinds/kinds.js';
import { RunningJobs } from '../../../src/jobs/core/running-jobs.js';
import { until } from '../../support/wait.js';
import { Gate } from './gate.js';

export function resultOf({ name, repo, files }: PullPayload): PullResult {
  return { name, repo, revision: 'c0ffee', files, bytes: 42 };
}

/** One run of a job, which stands still until the test says how it ends. */
export class Run {
  readonly signal: AbortSignal;
  readonly report: JobTools<'pull'>['report'];
  private readonly gate = new Gate();
  private obeys = true;

  constructor(
    readonly payload: PullPayload,
    { signal, report }: JobTools<'pull'>,
  ) {
    this.signal = signal;
    this.report = report;
  }

  finish(): void {
    this.gate.open();
  }

  fail(error: Error): void {
    this.gate.fail(error);
  }

  /** From now on it takes its time after an abort, until {@link obey}. */
  linger(): void {
    this.obeys = false;
  }

  obey(): void {
    this.obeys = true;
    if (this.signal.aborted) this.fail(abortReason(this.signal));
  }

  /** For the processor. */
  async work(): Promise<PullResult> {
    const onAbort = (): void => {
      if (this.obeys) this.obey();
    };
    this.signal.addEventListener('abort', onAbort);
    onAbort();
    await this.gate.opened;
    return resultOf(this.payload);
  }
}

/** The runs that a worker has begun, in order. */
export class Runs {
  readonly all: Run[] = [];
  private taken = 0;

  /** The first run that the test has not had yet. */
  async next(): Promise<Run> {
    const run = await until('a run of a job', () => this.all[this.taken]);
    this.taken++;
    return run;
  }

  /** Names of the models that the runs were for. */
  get names(): string[] {
    return this.all.map(({ payload }) => payload.name);
  }
}

/** A real processor whose work is steered by the test. */
export class SteeredProcessor extends JobProcessor<'pull'> {
  readonly runs = new Runs();

  constructor(running: RunningJobs, meter: JobMeter) {
    super('pull', running, meter);
  }

  protected override work(payload: PullPayload, tools: JobTools<'pull'>): Promise<PullResult> {
    const run = new Run(payload, tools);
    this.runs.all.push(run);
    return run.work();
  }
}
