import type { RedisStore } from '../../../storage/store/redis.store.js';
import { LEASE_MS, MARK_MS, WaiterRegistry, type Left, type Waiter } from './waiter-registry.js';

/** Redis' clock, which all processes share. */
const NOW = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** KEYS: the waiters. ARGV: waiter, milliseconds of its lease. The set outlives its leases: leaving looks at them. */
const JOIN = `${NOW}
  if redis.call('ZSCORE', KEYS[1], 'closed') then return 0 end
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
  if redis.call('PTTL', KEYS[1]) < 2 * ARGV[2] then redis.call('PEXPIRE', KEYS[1], 2 * ARGV[2]) end
  return 1
`;

/** KEYS: the waiters. ARGV: waiter, milliseconds that the mark is kept. */
const LEAVE = `${NOW}
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  if redis.call('ZCARD', KEYS[1]) > 0 then return 0 end
  redis.call('ZADD', KEYS[1], now + ARGV[2], 'closed')
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 1
`;

/** Waiters in Redis: a sorted set for each job, by the end of their leases. */
export class RedisWaiterRegistry extends WaiterRegistry {
  constructor(private readonly store: RedisStore) {
    super();
  }

  override join({ jobId, waiterId }: Waiter): Promise<boolean> {
    return this.ask(JOIN, jobId, waiterId, LEASE_MS);
  }

  override detach(jobId: string): Promise<boolean> {
    return this.ask(JOIN, jobId, 'detached', MARK_MS);
  }

  override async leave({ jobId, waiterId }: Waiter): Promise<Left> {
    return (await this.ask(LEAVE, jobId, waiterId, MARK_MS)) ? 'last' : 'others';
  }

  override async release({ jobId, waiterId }: Waiter): Promise<void> {
    await this.store.use(() => this.store.client.zrem(waitersOf(jobId), waiterId));
  }

  override async renew(waiters: readonly Waiter[]): Promise<void> {
    const renewal = this.store.client.pipeline();
    for (const { jobId, waiterId } of waiters) renewal.eval(JOIN, 1, waitersOf(jobId), waiterId, LEASE_MS);
    await this.store.use(() => renewal.exec());
  }

  private async ask(script: string, jobId: string, waiterId: string, milliseconds: number): Promise<boolean> {
    const reply = await this.store.use(() =>
      this.store.client.eval(script, 1, waitersOf(jobId), waiterId, milliseconds),
    );
    return reply === 1;
  }
}

function waitersOf(jobId: string): string {
  return `parley:jobs:waiters:${jobId}`;
}
