/**
 * Times of one request as the wall clock has them. Read once: within the request time goes evenly, whatever is done to the
 * wall clock meanwhile.
 */
export class WallClock {
  private readonly offset = Date.now() - performance.now();

  /** `time` of `performance.now()` as milliseconds since 1970. */
  at(time: number): number {
    return this.offset + time;
  }

  now(): number {
    return this.at(performance.now());
  }
}
