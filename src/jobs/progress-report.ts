import type { JobProgress } from './job.js';

/** Reports more frequent than this are not stored. */
const INTERVAL_MS = 250;

/** Stores a job's progress at a bearable pace, one write at a time, and works out how long it will still take. */
export class ProgressReport {
  private latest: JobProgress | null = null;
  private stored: JobProgress | null = null;
  private writing: Promise<void> | null = null;
  private nextAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private first: { readonly at: number; readonly done: number } | null = null;

  constructor(private readonly store: (progress: JobProgress) => Promise<void>) {}

  report(done: number, total: number, unit: string): void {
    const now = performance.now();
    this.first ??= { at: now, done };
    const seconds = (now - this.first.at) / 1000;
    const pace = seconds > 0 ? (done - this.first.done) / seconds : 0;
    const remainingSeconds = pace > 0 ? Math.ceil((total - done) / pace) : null;
    this.latest = { done, total, unit, remainingSeconds };
    if (now >= this.nextAt || done === total) this.write(now);
    else this.timer ??= setTimeout(() => this.write(performance.now()), this.nextAt - now).unref();
  }

  /** Resolves once the latest report is stored, or could not be. */
  async flush(): Promise<void> {
    await this.writing;
    if (this.latest !== this.stored) this.write(performance.now());
    await this.writing;
  }

  private write(now: number): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing !== null || this.latest === null) return;
    this.nextAt = now + INTERVAL_MS;
    const progress = this.latest;
    this.stored = progress;
    this.writing = this.store(progress)
      .catch(() => undefined) // progress is not worth failing for
      .finally(() => {
        this.writing = null;
        if (this.latest !== progress)
          this.timer ??= setTimeout(() => this.write(performance.now()), INTERVAL_MS).unref();
      });
  }
}
