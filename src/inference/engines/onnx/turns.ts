/**
 * One after the other. onnxruntime's `run` blocks the process until it is done, so two pieces of work at once would only
 * interleave, hold their memory twice and both end late.
 */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after everything that was asked for before it, whether that succeeded or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
