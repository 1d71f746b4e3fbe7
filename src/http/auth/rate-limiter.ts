import type { RateLimit } from '../../config/parsers.js';

/** Token bucket per caller: `requests` at once, refilled evenly over `seconds`. */
export abstract class RateLimiter {
  /**
   * Takes one request. Returns null when it is allowed, else the whole seconds until one is. Never rejects: trouble of
   * the limiter's own stops no request.
   */
  abstract take(callerId: string, limit: RateLimit): number | null | Promise<number | null>;
}
