/**
 * What a run does, one after the other: waits for its model to be loaded, waits for a slot, has its prompt read, answers.
 * `work` stands for both of the last where the answer is no text.
 */
export type PhaseName = 'load' | 'queue' | 'prefill' | 'decode' | 'work';

/** Milliseconds of `performance.now()`. */
export interface RunPhase {
  readonly name: PhaseName;
  readonly from: number;
  readonly to: number;
}

/** The phases of one run, without gaps from its arrival to its end. */
export class RunTimeline {
  private readonly done: RunPhase[] = [];
  private current: PhaseName = 'load';

  constructor(private since: number) {}

  /** What went on until now ends, and this begins. */
  enter(name: PhaseName, now = performance.now()): void {
    if (name === this.current) return;
    if (now > this.since) this.done.push({ name: this.current, from: this.since, to: now });
    this.current = name;
    this.since = now;
  }

  /** Every phase that took time; the last one ends now. */
  until(now: number): readonly RunPhase[] {
    return now > this.since ? [...this.done, { name: this.current, from: this.since, to: now }] : this.done;
  }
}
