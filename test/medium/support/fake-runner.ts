import { ParleyError } from '../../../src/inference/errors.js';
import { LoadFailure } from '../../../src/inference/runners/load-failure.js';
import type { InitFailure, ModelFacts, RunnerSpec } from '../../../src/inference/runners/protocol.js';
import { RunStream } from '../../../src/inference/runners/run-stream.js';
import type { Run, Runner, RunnerEnd } from '../../../src/inference/runners/runner.js';
import type { Task } from '../../../src/inference/tasks.js';
import { Gate } from './gate.js';

const TRAIN_CONTEXT_SIZE = 4096;

/** What the test has a model do. */
export interface Behaviour {
  /** What `size` tells. */
  readonly bytes: number;
  /** What it holds once loaded; default `bytes`. */
  readonly realBytes?: number;
  readonly slots?: number;
  /** Load only when told to. */
  readonly slow?: boolean;
}

/** One request on a fake runner: the test is its engine. */
export class FakeRun {
  aborted = false;
  readonly stream = new RunStream({ pause: () => undefined, resume: () => undefined });

  constructor(
    readonly task: Task,
    readonly scope: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  say(text: string): void {
    this.stream.push({ type: 'text', text, completionTokens: 1 });
  }

  finish(): void {
    this.stream.push({ type: 'finished', finishReason: 'stop', promptTokens: 3, completionTokens: 1, cachedTokens: 0 });
    this.stream.close(null);
  }
}

/** A runner without a process. */
export class FakeRunner implements Runner {
  readonly pid = 0;
  memoryBytes = 0;
  alive = true;
  readonly ended: Promise<RunnerEnd>;
  readonly runs: FakeRun[] = [];
  onProgress: (fraction: number) => void = () => undefined;
  private readonly loading = new Gate();
  private stopping = false;
  private resolveEnded: (end: RunnerEnd) => void = () => undefined;

  constructor(
    readonly spec: RunnerSpec,
    private readonly behaviour: Behaviour,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    if (behaviour.slow !== true) this.finishLoading();
  }

  async size(): Promise<number> {
    await Promise.resolve();
    this.refuseIfGone();
    return this.behaviour.bytes;
  }

  async load(onProgress: (fraction: number) => void): Promise<ModelFacts> {
    this.onProgress = onProgress;
    await this.loading.opened;
    this.refuseIfGone();
    this.memoryBytes = this.behaviour.realBytes ?? this.behaviour.bytes;
    return {
      context: { size: Math.min(this.spec.contextSize, TRAIN_CONTEXT_SIZE), trained: TRAIN_CONTEXT_SIZE },
      slots: this.behaviour.slots ?? 2,
      threads: [{ tokens: 1, threads: 1 }],
      gpuLayers: 0,
      gpuName: null,
      memoryBytes: this.memoryBytes,
    };
  }

  run(task: Task, cacheScope: string, headers?: Readonly<Record<string, string>>): Run {
    const run = new FakeRun(task, cacheScope, headers);
    this.runs.push(run);
    if (!this.alive) run.stream.close(this.endOfRuns());
    return { chunks: run.stream, abort: () => (run.aborted = true) };
  }

  /** As with a process, the end comes a while after the kill. */
  async stop(): Promise<void> {
    this.stopping = true;
    setImmediate(() => this.end('SIGKILL'));
    await this.ended;
  }

  finishLoading(): void {
    this.loading.open();
  }

  failLoading(failure: InitFailure, message = 'it was a hoax'): void {
    this.loading.fail(new LoadFailure(failure, message));
  }

  crash(reason = 'SIGSEGV'): void {
    this.end(reason);
  }

  private end(reason: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.loading.open();
    for (const run of this.runs) run.stream.close(this.endOfRuns());
    this.resolveEnded({ expected: this.stopping, reason });
  }

  private endOfRuns(): ParleyError {
    return this.stopping
      ? new ParleyError('model_not_loaded', 'it was unloaded')
      : new ParleyError('runner_crashed', 'it crashed');
  }

  private refuseIfGone(): void {
    if (!this.alive) throw new LoadFailure('failed', 'its runner ended');
  }
}
