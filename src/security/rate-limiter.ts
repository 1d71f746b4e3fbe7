import type { RateLimit } from '../config/parsers.js';

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Token bucket per API key: `requests` at once, refilled evenly over `seconds`. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly limit: RateLimit,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one request. Returns null when it is allowed, else the seconds until one is. */
  take(keyId: string): number | null {
    const { requests, seconds } = this.limit;
    const now = this.now();
    const perSecond = requests / seconds;
    const bucket = this.buckets.get(keyId) ?? { tokens: requests, filledAt: now };
    bucket.tokens = Math.min(requests, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    this.buckets.set(keyId, bucket);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
    bucket.tokens--;
    return null;
  }
}
