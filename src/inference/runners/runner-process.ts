import type { ChildProcess } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ParleyError } from '../errors.js';
import type { Task } from '../tasks.js';
import { ChildOutput } from './child-output.js';
import { cpuSecondsOf } from './cpu-time.js';
import { detachFiles, slicesOf } from './file-transfer.js';
import { forkRunner } from './fork-runner.js';
import { LoadFailure } from './load-failure.js';
import type { ChildMessage, ModelFacts, ParentMessage, RunEvent, RunnerSpec } from './protocol.js';
import { RunStream } from './run-stream.js';
import type { Run, Runner, RunnerEnd } from './runner.js';
import { loadDeadline, type RunnerDeadlines } from './runner-deadlines.js';
import { Watchdog } from './watchdog.js';

export interface RunnerProcessOptions {
  /** The script that the child runs. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly deadlines: RunnerDeadlines;
  /** Hears what the child writes, and of a flood the beginning of each second. */
  readonly onStderr: (model: string, text: string) => void;
}

type InitReply = Extract<ChildMessage, { type: 'sized' | 'ready' | 'init-failed' }>;

interface PendingReply {
  resolve(reply: InitReply): void;
  reject(error: LoadFailure): void;
}

/** A runner in a forked process. One instance is one life of the child: it is never restarted, but replaced. */
export class RunnerProcess implements Runner {
  readonly ended: Promise<RunnerEnd>;
  alive = true;
  memoryBytes = 0;
  /** What the loaded model is expected to take. */
  private expectedBytes = 0;
  private readonly child: ChildProcess;
  private readonly output: ChildOutput;
  private readonly runs = new Map<number, RunStream>();
  /** Runs whose reader is slow: no progress is theirs, not the engine's. */
  private readonly paused = new Set<number>();
  /** Runs whose prompt is being read, as the last heartbeat says: no step is theirs yet. */
  private preparing: ReadonlySet<number> = new Set();
  private pendingReply: PendingReply | undefined;
  private onProgress: (fraction: number) => void = () => undefined;
  private watchdog: Watchdog | undefined;
  private nextRunId = 1;
  /** Set before the process is killed on purpose: what its runs and waiters are told. */
  private endReason: string | undefined;
  private stopping = false;

  constructor(
    private readonly spec: RunnerSpec,
    private readonly options: RunnerProcessOptions,
  ) {
    this.child = forkRunner(options.script, options.env);
    this.output = new ChildOutput(this.child, (text) => options.onStderr(spec.model, text));
    this.child.on('message', (message) => this.receive(message as ChildMessage));
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        if (this.alive) resolve(this.end(reason));
      };
      this.child.on('exit', (code, signal) => end(signal ?? `exit code ${String(code)}`));
      this.child.on('error', (error) => end(error.message));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async size(): Promise<number> {
    const reply = await this.ask({ type: 'init', spec: this.spec }, this.options.deadlines.size);
    if (reply.type !== 'sized') throw new LoadFailure('failed', 'the runner broke its protocol');
    this.expectedBytes = reply.bytes;
    return reply.bytes;
  }

  async load(onProgress: (fraction: number) => void): Promise<ModelFacts> {
    this.onProgress = onProgress;
    const reply = await this.ask({ type: 'load' }, loadDeadline(this.options.deadlines, this.expectedBytes));
    if (reply.type !== 'ready') throw new LoadFailure('failed', 'the runner broke its protocol');
    this.memoryBytes = reply.facts.memoryBytes;
    this.watchdog = new Watchdog(
      this.options.deadlines,
      {
        isBusy: () => [...this.runs.keys()].some((id) => !this.paused.has(id) && !this.preparing.has(id)),
        cpuSeconds: () => cpuSecondsOf(this.pid),
      },
      (why) => this.killFor(why),
    );
    return reply.facts;
  }

  run(task: Task, cacheScope: string): Run {
    const id = this.nextRunId++;
    const chunks = new RunStream({
      pause: () => {
        this.paused.add(id);
        this.send({ type: 'pause', id });
      },
      resume: () => {
        this.paused.delete(id);
        this.send({ type: 'resume', id });
      },
    });
    if (!this.alive) {
      chunks.close(this.crash('it had ended'));
      return { chunks, abort: () => undefined };
    }
    this.runs.set(id, chunks);
    void this.sendRun(id, task, cacheScope);
    const abort = (): void => {
      this.paused.delete(id);
      if (this.runs.delete(id)) this.send({ type: 'abort', id });
    };
    return { chunks, abort };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private send(message: ParentMessage, sent: () => void = () => undefined): void {
    // A failed send means the child is ending: its exit event tells everybody.
    if (this.child.connected) this.child.send(message, sent);
    else sent();
  }

  /**
   * Large files go before the run, in slices: serialised in one message, tens of megabytes would hold the event loop for
   * hundreds of milliseconds. Each slice waits for the one before it to be written, and for a turn of the event loop.
   */
  private async sendRun(id: number, whole: Task, cacheScope: string): Promise<void> {
    const { task, files } = detachFiles(whole);
    for (const slice of slicesOf(id, files)) {
      await new Promise<void>((resolve) => this.send(slice, resolve));
      await nextTurn();
      if (!this.runs.has(id)) return; // aborted, which the child knows, or ended with the child
    }
    this.send({ type: 'run', id, task, cacheScope });
  }

  private ask(message: ParentMessage, deadlineMs: number): Promise<InitReply> {
    return new Promise((resolve, reject) => {
      const seconds = Math.round(deadlineMs / 1000);
      const timer = setTimeout(() => this.killFor(`it was not ready within ${String(seconds)} s`), deadlineMs);
      this.pendingReply = {
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      if (this.alive) this.send(message);
      else this.pendingReply.reject(new LoadFailure('failed', 'its runner could not be started'));
    });
  }

  private receive(message: ChildMessage): void {
    switch (message.type) {
      case 'sized':
      case 'ready':
        this.settleReply((pending) => pending.resolve(message));
        break;
      case 'init-failed':
        this.settleReply((pending) =>
          pending.reject(new LoadFailure(message.failure, message.message, this.output.all)),
        );
        break;
      case 'progress':
        this.onProgress(message.fraction);
        break;
      case 'events':
        for (const event of message.events) this.deliver(event);
        break;
      case 'heartbeat':
        this.memoryBytes = message.memoryBytes;
        this.preparing = new Set(message.preparing?.map(({ id }) => id));
        this.watchdog?.heard(message.steps);
        break;
    }
  }

  private deliver(event: RunEvent): void {
    const stream = this.runs.get(event.id);
    if (stream === undefined) return; // aborted meanwhile
    if (event.type === 'chunk') {
      stream.push(event.chunk);
      return;
    }
    this.runs.delete(event.id);
    stream.close(event.type === 'done' ? null : errorOf(event));
  }

  private settleReply(settle: (pending: PendingReply) => void): void {
    const pending = this.pendingReply;
    this.pendingReply = undefined;
    if (pending !== undefined) settle(pending);
  }

  private killFor(why: string): void {
    this.endReason ??= why;
    this.child.kill('SIGKILL');
  }

  private end(exit: string): RunnerEnd {
    this.alive = false;
    this.watchdog?.stop();
    const detail = this.output.lastError;
    const reason = (this.endReason ?? exit) + (detail === null ? '' : ` (${detail})`);
    // SIGKILL that nobody here sent is the kernel's out-of-memory killer, or an operator.
    const byKernel = exit === 'SIGKILL' && this.endReason === undefined && !this.stopping;
    this.settleReply((pending) =>
      pending.reject(
        new LoadFailure(byKernel ? 'out-of-memory' : 'failed', `its runner ended: ${reason}`, this.output.all),
      ),
    );
    const error = this.stopping
      ? new ParleyError('model_not_loaded', 'The model was unloaded while it was answering.')
      : this.crash(reason);
    for (const [id, stream] of this.runs) {
      stream.close(this.endReason !== undefined && this.preparing.has(id) ? preparationError() : error);
    }
    this.runs.clear();
    return { expected: this.stopping, reason };
  }

  private crash(reason: string): ParleyError {
    return new ParleyError('runner_crashed', `The model "${this.spec.model}" ended unexpectedly: ${reason}.`);
  }
}

/** Of the request that a hung runner was reading last. */
function preparationError(): ParleyError {
  const message = 'Reading this prompt took so long that the model had to be ended. Send a shorter one.';
  return new ParleyError('invalid_request', message);
}

function errorOf({ code, message, param }: Extract<RunEvent, { type: 'failed' }>): ParleyError {
  return new ParleyError(code, message, param === undefined ? {} : { param });
}
