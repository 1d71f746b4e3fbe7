import { Injectable } from '@nestjs/common';
import type { RateLimit } from '../../config/parsers.js';
import { RateLimiter } from './rate-limiter.js';

interface Bucket {
  tokens: number;
  /** Milliseconds of the monotonic clock. */
  filledAt: number;
  /** When it is full again, and need not be kept. */
  fullAt: number;
}

/** Callers come and go with the file of keys; from here on, full buckets are thrown away. */
const SWEEP_ABOVE = 1000;

/** The buckets of one process. */
@Injectable()
export class LocalRateLimiter extends RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  private sweepAbove = SWEEP_ABOVE;

  constructor(private readonly now: () => number = () => performance.now()) {
    super();
  }

  override take(callerId: string, { requests, seconds }: RateLimit): number | null {
    const now = this.now();
    const perSecond = requests / seconds;
    const bucket = this.buckets.get(callerId) ?? { tokens: requests, filledAt: now, fullAt: now };
    bucket.tokens = Math.min(requests, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    const wait = bucket.tokens < 1 ? Math.ceil((1 - bucket.tokens) / perSecond) : null;
    if (wait === null) bucket.tokens--;
    bucket.fullAt = now + ((requests - bucket.tokens) / perSecond) * 1000;
    this.buckets.set(callerId, bucket);
    if (this.buckets.size > this.sweepAbove) this.sweep(now);
    return wait;
  }

  /** Callers whose buckets are kept. */
  get size(): number {
    return this.buckets.size;
  }

  private sweep(now: number): void {
    for (const [id, { fullAt }] of this.buckets) if (fullAt <= now) this.buckets.delete(id);
    // Twice what is in use, so that a sweep does not come with every request.
    this.sweepAbove = Math.max(SWEEP_ABOVE, this.buckets.size * 2);
  }
}
