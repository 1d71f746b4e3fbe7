import { Worker } from 'node:worker_threads';
import { AdmissionQueue } from '../admission/admission-queue.js';
import { cancelled, ParleyError } from '../errors.js';
import type { WorkerMessage, WorkerRequest, WorkerResponse } from './worker-protocol.js';

export interface WorkerLimits {
  /** Milliseconds that one job may run. */
  readonly budgetMs: number;
  /** MiB of JavaScript heap that one job may grow to. */
  readonly maxHeapMiB: number;
  /** Jobs that may wait, of all API keys together. */
  readonly maxWaiting: number;
  /** Milliseconds without a job after which the thread ends and its memory is freed. */
  readonly idleMs: number;
}

/** A job used up its time or its memory, and its thread was ended. */
export class BudgetExceededError extends Error {
  override readonly name = 'BudgetExceededError';
}

/** The job threw an error that is no `ParleyError`; the message is the original one and not fit for clients. */
export class WorkerJobError extends Error {
  override readonly name = 'WorkerJobError';
}

interface RunningJob {
  settle(response: WorkerResponse): void;
  fail(error: Error): void;
}

/** A thread, and whether its module is loaded. */
interface Thread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
}

/**
 * A worker thread for costly synchronous work on client input, one job at a time. A job that exceeds its budget of time or
 * memory ends the thread and fails alone; the next job gets a new thread. Jobs are queued fairly between API keys. The
 * thread is started by the first job and ended when idle.
 */
export class BudgetedWorker<Input, Output> {
  private readonly queue: AdmissionQueue;
  private thread: Thread | undefined;
  private running: RunningJob | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private lastId = 0;

  /**
   * @param script Compiled module that calls `serveJobs`.
   * @param resource Subject of refusals while too many jobs wait, such as "The schema compiler".
   */
  constructor(
    private readonly script: URL,
    private readonly limits: WorkerLimits,
    resource: string,
  ) {
    this.queue = new AdmissionQueue(limits.maxWaiting, resource);
    this.queue.setCapacity(1);
  }

  /**
   * Runs one job. Throws {@link BudgetExceededError}, {@link WorkerJobError}, the job's own `ParleyError`, `overloaded`
   * when too many jobs wait, and `cancelled` when the signal aborts, also while the job runs.
   */
  run(input: Input, keyId: string, signal: AbortSignal): Promise<Output> {
    return this.queue.run({ keyId, priority: 'interactive' }, signal, () => this.execute(input, signal));
  }

  /** Ends the thread. A running job fails. */
  async stop(): Promise<void> {
    clearTimeout(this.idleTimer);
    await this.end(new WorkerJobError('the worker thread was stopped'));
  }

  private execute(input: Input, signal: AbortSignal): Promise<Output> {
    clearTimeout(this.idleTimer);
    const thread = (this.thread ??= this.start());
    thread.worker.ref();
    const id = ++this.lastId;
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => void this.end(cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
    const outcome = new Promise<Output>((resolve, reject) => {
      this.running = {
        settle: (response) => {
          if (response.id !== id) return;
          if (response.type === 'done') resolve(response.output as Output);
          else reject(toError(response));
        },
        fail: reject,
      };
      void thread.ready.then(() => {
        if (thread !== this.thread) return;
        timer = setTimeout(() => void this.end(this.tooLong()), this.limits.budgetMs);
        thread.worker.postMessage({ id, input } satisfies WorkerRequest);
      });
    });
    return outcome.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.running = undefined;
      this.thread?.worker.unref();
      this.endWhenIdle();
    });
  }

  private start(): Thread {
    const worker = new Worker(this.script, {
      resourceLimits: { maxOldGenerationSizeMb: this.limits.maxHeapMiB },
      env: {},
      execArgv: [],
    });
    const ready = new Promise<void>((resolve) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.type === 'ready') resolve();
        else this.running?.settle(message);
      });
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (worker !== this.thread?.worker) return;
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      void this.end(
        outOfMemory ? new BudgetExceededError('it took too much memory') : new WorkerJobError(error.message),
      );
    });
    worker.on('exit', () => {
      if (worker === this.thread?.worker) void this.end(new WorkerJobError('the worker thread exited'));
    });
    return { worker, ready };
  }

  /** Ends the thread and with it the running job. */
  private async end(error: Error): Promise<void> {
    const { thread, running } = this;
    this.thread = undefined;
    running?.fail(error);
    await thread?.worker.terminate();
  }

  private tooLong(): BudgetExceededError {
    return new BudgetExceededError(`it took longer than ${String(this.limits.budgetMs)} ms`);
  }

  private endWhenIdle(): void {
    this.idleTimer = setTimeout(() => void this.stop(), this.limits.idleMs);
    this.idleTimer.unref();
  }
}

function toError(response: Extract<WorkerResponse, { type: 'failed' }>): Error {
  if (response.code === null) return new WorkerJobError(response.message);
  return new ParleyError(response.code, response.message, {
    ...(response.param !== undefined && { param: response.param }),
  });
}
