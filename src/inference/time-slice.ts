import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 4;

/** Divides long work on the event loop into slices, so that other requests are served in between. */
export class TimeSlice {
  private until = performance.now() + SLICE_MS;

  /** Resolves at once while the slice lasts, else in the next turn of the event loop. */
  async yieldIfSpent(): Promise<void> {
    if (performance.now() >= this.until) await this.next();
  }

  /** Resolves in the next turn of the event loop. */
  async next(): Promise<void> {
    await setImmediate();
    this.until = performance.now() + SLICE_MS;
  }
}
