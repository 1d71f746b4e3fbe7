import type { JobProgress } from './job.js';

/** Reports more frequent than this are not stored. */
const INTERVAL_MS = 250;

/** What a report says of the work besides how far it is. */
export type Extras = Pick<JobProgress, 'preview' | 'kept'>;

/** What another attempt goes on with. Not the preview: whoever showed it has removed it, or is dead. */
export function extrasOf(progress: JobProgress | null): Extras {
  return progress?.kept === undefined ? {} : { kept: progress.kept };
}

/** Stores a job's progress at a bearable pace, one write at a time, and works out how long it will still take. */
export class ProgressReport {
  private latest: JobProgress | null = null;
  private stored: JobProgress | null = null;
  private writing: Promise<void> | null = null;
  private nextAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private first: { readonly at: number; readonly done: number } | null = null;
  private extras: Extras;

  /** `before`: what an earlier attempt has reported. */
  constructor(
    private readonly store: (progress: JobProgress) => Promise<void>,
    before: Extras = {},
  ) {
    this.extras = before;
  }

  report(done: number, total: number, unit: string): void {
    const now = performance.now();
    this.first ??= { at: now, done };
    const seconds = (now - this.first.at) / 1000;
    const pace = seconds > 0 ? (done - this.first.done) / seconds : 0;
    const remainingSeconds = pace > 0 ? Math.ceil((total - done) / pace) : null;
    this.latest = { done, total, unit, remainingSeconds, ...this.extras };
    if (done === total) this.write(now);
    else this.writeSoon(now);
  }

  /** Goes out with the first report, or soon if that has been, and with all after it. */
  add(extras: Extras): void {
    this.extras = { ...this.extras, ...extras };
    if (this.latest === null) return;
    this.latest = { ...this.latest, ...this.extras };
    this.writeSoon(performance.now());
  }

  /** Resolves once the latest report is stored, or could not be. */
  async flush(): Promise<void> {
    await this.writing;
    if (this.latest !== this.stored) this.write(performance.now());
    await this.writing;
  }

  private writeSoon(now: number): void {
    if (now >= this.nextAt) this.write(now);
    else this.timer ??= setTimeout(() => this.write(performance.now()), this.nextAt - now).unref();
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
