import type { RunnerDeadlines } from './runner-deadlines.js';

/** Tells a hung child from a slow one, by its heartbeats and by the steps they count. */
export class Watchdog {
  private lastHeard = performance.now();
  private lastProgress = performance.now();
  private steps = -1;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly deadlines: RunnerDeadlines,
    private readonly isBusy: () => boolean,
    private readonly onHang: (why: string) => void,
  ) {
    const shortest = Math.min(deadlines.silence, deadlines.stall);
    this.timer = setInterval(() => this.look(), Math.max(10, shortest / 4));
    this.timer.unref();
  }

  heard(steps: number): void {
    const now = performance.now();
    this.lastHeard = now;
    if (steps !== this.steps || !this.isBusy()) {
      this.steps = steps;
      this.lastProgress = now;
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    if (now - this.lastHeard > this.deadlines.silence) this.onHang('it sent no heartbeat');
    else if (this.isBusy() && now - this.lastProgress > this.deadlines.stall) this.onHang('it made no progress');
  }
}
