import type { PullProgress } from './pull-plan.js';

/** Four a second are enough for a bar that moves. */
const INTERVAL_MS = 250;

/** Passes on the first report, at most one in each interval after it, and the last, which {@link flush} asks for. */
export class ProgressThrottle {
  private reportedAt = -Infinity;
  private held: PullProgress | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly report: (progress: PullProgress) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(progress: PullProgress): void {
    this.held = progress;
    const rest = INTERVAL_MS - (this.now() - this.reportedAt);
    if (rest <= 0) return this.flush();
    this.timer ??= setTimeout(() => this.flush(), rest).unref(); // what is held may be the last for a long time
  }

  /** Reports what was held back, if anything was. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.held === null) return;
    const progress = this.held;
    this.held = null;
    this.reportedAt = this.now();
    this.report(progress);
  }
}
