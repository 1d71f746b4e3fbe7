const SLICE_MS = 4;

/** Those who wait for their next slice, in order of arrival. */
const waiting: (() => void)[] = [];

/** Lets one of them go on in each turn of the event loop: eight slices in one turn would be one pause of eight times the length. */
function resumeOne(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(resumeOne);
}

/** Resolves in a later turn of the event loop, in which nothing else that waits here goes on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(resumeOne);
  });
}

/**
 * Divides long work on the event loop into slices, of which each turn of the loop runs one, so that other requests are
 * served in between however many bodies are read at a time.
 */
export class TimeSlice {
  private until = performance.now() + SLICE_MS;

  /** Resolves at once while the slice lasts, else when the next one begins. */
  async yieldIfSpent(): Promise<void> {
    if (performance.now() >= this.until) await this.next();
  }

  /** Resolves when the next slice begins, in a later turn of the event loop. */
  async next(): Promise<void> {
    await nextTurn();
    this.until = performance.now() + SLICE_MS;
  }
}
