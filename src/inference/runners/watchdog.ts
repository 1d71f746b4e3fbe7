import type { RunnerDeadlines } from './runner-deadlines.js';

/** What the watchdog sees of a child besides its heartbeats. */
export interface Watched {
  /** True while a request runs whose prompt is evaluated and whose reader keeps up. */
  isBusy(): boolean;
  /** Processor time it has used so far; null where the system does not tell. */
  cpuSeconds(): number | null;
}

/** Share of one processor that a silent process uses at least while it computes, also beside others that are busy. */
const COMPUTING_SHARE = 0.01;

/**
 * Tells a hung child from a slow one, by its heartbeats and by the steps they count. onnxruntime blocks the child while it
 * computes, so that no heartbeat comes: one that uses the processor meanwhile has the time of a stall.
 */
export class Watchdog {
  private lastHeard = performance.now();
  private cpuWhenHeard: number | null;
  private lastProgress = performance.now();
  private steps = -1;
  private readonly timer: NodeJS.Timeout;
  private readonly lookMs: number;
  private lastLook = performance.now();

  constructor(
    private readonly deadlines: RunnerDeadlines,
    private readonly child: Watched,
    private readonly onHang: (why: string) => void,
  ) {
    this.cpuWhenHeard = child.cpuSeconds();
    const shortest = Math.min(deadlines.silence, deadlines.stall);
    this.lookMs = Math.max(10, shortest / 4);
    this.timer = setInterval(() => this.look(), this.lookMs);
    this.timer.unref();
  }

  heard(steps: number): void {
    const now = performance.now();
    this.lastHeard = now;
    this.cpuWhenHeard = this.child.cpuSeconds();
    if (steps !== this.steps || !this.child.isBusy()) {
      this.steps = steps;
      this.lastProgress = now;
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    if (this.overslept(now)) return;
    const silent = now - this.lastHeard > this.deadlines.silence;
    if (silent && !this.computes()) this.onHang('it sent no heartbeat');
    else if ((silent || this.child.isBusy()) && now - this.lastProgress > this.deadlines.stall) {
      this.onHang('it made no progress');
    }
  }

  /** Whether this process itself stood still, by SIGSTOP or a frozen container: what the child said is not read yet. */
  private overslept(now: number): boolean {
    const late = now - this.lastLook > 2 * this.lookMs;
    this.lastLook = now;
    if (!late) return false;
    this.lastHeard = this.lastProgress = now;
    this.cpuWhenHeard = this.child.cpuSeconds();
    return true;
  }

  private computes(): boolean {
    const cpu = this.child.cpuSeconds();
    if (cpu === null || this.cpuWhenHeard === null) return false;
    const seconds = (performance.now() - this.lastHeard) / 1000;
    return cpu - this.cpuWhenHeard >= seconds * COMPUTING_SHARE;
  }
}
