const WEIGHT = 0.2;

/** A moving average of how long requests of one model run, from which waiting times are estimated. */
export class ServiceTime {
  private averageSeconds: number | undefined;

  record(seconds: number): void {
    this.averageSeconds =
      this.averageSeconds === undefined ? seconds : this.averageSeconds * (1 - WEIGHT) + seconds * WEIGHT;
  }

  /** Seconds per request; before the first has ended, how long the longest running one has taken so far. */
  estimate(longestRunningSeconds: number): number {
    return this.averageSeconds ?? longestRunningSeconds;
  }
}
