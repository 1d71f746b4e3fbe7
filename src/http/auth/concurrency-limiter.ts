/** Requests that each caller has at a time, in this process. */
export class ConcurrencyLimiter {
  private readonly running = new Map<string, number>();

  /** Counts one in, unless there are `most` already. Whoever is let in calls {@link leave} once. */
  enter(callerId: string, most: number): boolean {
    const running = this.running.get(callerId) ?? 0;
    if (running >= most) return false;
    this.running.set(callerId, running + 1);
    return true;
  }

  leave(callerId: string): void {
    const running = (this.running.get(callerId) ?? 1) - 1;
    if (running === 0) this.running.delete(callerId);
    else this.running.set(callerId, running);
  }
}
