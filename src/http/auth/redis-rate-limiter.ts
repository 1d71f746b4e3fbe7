import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { RateLimit } from '../../config/parsers.js';
import type { RedisConnectionOptions } from '../../storage/store/redis.store.js';
import { LocalRateLimiter } from './local-rate-limiter.js';
import { RateLimiter } from './rate-limiter.js';

/** A request waits no longer than this for Redis, and then not again for a while. */
const PATIENCE_MS = 250;
const PAUSE_MS = 2000;

/**
 * KEYS[1] the bucket, ARGV[1] requests, ARGV[2] seconds. Returns -1 when the request is allowed, else the seconds to wait.
 * The clock is Redis' own, so that those of the processes may differ; where it is set back, no time has passed.
 */
const TAKE = `
local requests, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or requests
local passed = math.max(0, now - (tonumber(held[2]) or now))
local perMs = requests / (seconds * 1000)
tokens = math.min(requests, tokens + passed * perMs)
local wait = -1
if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) / perMs / 1000) end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%d', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((requests - tokens) / perMs) + 1000)
return wait
`;

/** Buckets in Redis, shared by all processes; those of this process while Redis does not answer. */
export class RedisRateLimiter extends RateLimiter implements OnApplicationShutdown {
  private readonly log = new Logger('RateLimit');
  private readonly own = new LocalRateLimiter();
  private readonly redis: Redis;
  private away = false;
  private askAgainAt = 0;

  constructor(connection: RedisConnectionOptions) {
    super();
    this.redis = new Redis({
      ...connection,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: PATIENCE_MS,
    });
    this.redis.on('error', () => undefined); // told below, once a request needs it
  }

  override async take(callerId: string, limit: RateLimit): Promise<number | null> {
    if (performance.now() < this.askAgainAt) return this.own.take(callerId, limit);
    try {
      const wait = await this.ask(callerId, limit);
      if (this.away) this.log.log('Redis counts requests again');
      this.away = false;
      return wait;
    } catch {
      if (!this.away) this.log.warn('Redis does not answer: until it does, each process counts requests by itself');
      this.away = true;
      this.askAgainAt = performance.now() + PAUSE_MS;
      return this.own.take(callerId, limit);
    }
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }

  private async ask(callerId: string, { requests, seconds }: RateLimit): Promise<number | null> {
    const wait = Number(await this.redis.eval(TAKE, 1, `parley:rate:${callerId}`, requests, seconds));
    return wait < 0 ? null : wait;
  }
}
