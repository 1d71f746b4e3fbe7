import type { Manifest } from '../inference/catalogue/manifest.js';
import { abortReason, throwIfAborted, type ParleyError } from '../inference/errors.js';
import { ProgressThrottle } from './progress-throttle.js';
import type { PullPlan, PullProgress } from './pull-plan.js';

/** One who waits for a pull, with a signal of its own. */
export interface Asker {
  readonly signal: AbortSignal;
  onPlan?(plan: PullPlan): void;
  /** Called at most about four times a second, and first and last. */
  onProgress(progress: PullProgress): void;
}

export interface PullHooks {
  readonly signal: AbortSignal;
  onPlan(plan: PullPlan): void;
  /** As often as anything happens. */
  onProgress(progress: PullProgress): void;
}

/** One pull that several may wait for. It goes on while anybody does; when the last leaves it is aborted. */
export class SharedPull {
  private readonly stop = new AbortController();
  private readonly askers = new Set<Asker>();
  private readonly throttle = new ProgressThrottle((progress) => this.tell(progress));
  private readonly ended: Promise<Manifest>;
  private plan: PullPlan | null = null;
  private progress: PullProgress | null = null;

  constructor(run: (hooks: PullHooks) => Promise<Manifest>) {
    const running = run({
      signal: this.stop.signal,
      onPlan: (plan) => this.planned(plan),
      onProgress: (progress) => {
        this.progress = progress;
        this.throttle.add(progress);
      },
    });
    this.ended = running.finally(() => this.throttle.flush());
    this.ended.catch(() => undefined); // each asker learns of it through `join`
  }

  /** True once it was told to stop: nobody may join it any more, although its end may take a moment. */
  get isStopping(): boolean {
    return this.stop.signal.aborted;
  }

  /** Ends it for all askers, who get the reason once its traces are removed. */
  abort(reason: ParleyError): void {
    this.stop.abort(reason);
  }

  /** Resolves when it has ended, well or not, and holds nothing any more. */
  async whenEnded(): Promise<void> {
    await this.ended.catch(() => undefined);
  }

  /**
   * Waits for the end. One who leaves gets its signal's reason at once; the last to leave ends the pull and gets it when
   * the pull has ended.
   */
  async join(asker: Asker): Promise<Manifest> {
    throwIfAborted(asker.signal);
    this.askers.add(asker);
    if (this.plan !== null) asker.onPlan?.(this.plan);
    if (this.progress !== null) asker.onProgress(this.progress);
    const left = this.whenLeaving(asker);
    try {
      return await Promise.race([this.ended, left.promise]);
    } finally {
      left.forget();
      this.askers.delete(asker);
    }
  }

  private whenLeaving(asker: Asker): { promise: Promise<never>; forget: () => void } {
    const { signal } = asker;
    let onAbort = (): void => undefined;
    const promise = new Promise<never>((_, reject) => {
      onAbort = () => {
        this.askers.delete(asker);
        if (this.askers.size > 0) return reject(abortReason(signal));
        this.abort(abortReason(signal));
        void this.whenEnded().then(() => reject(abortReason(signal)));
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
    return { promise, forget: () => signal.removeEventListener('abort', onAbort) };
  }

  private planned(plan: PullPlan): void {
    this.plan = plan;
    for (const asker of this.askers) asker.onPlan?.(plan);
  }

  private tell(progress: PullProgress): void {
    for (const asker of this.askers) asker.onProgress(progress);
  }
}
