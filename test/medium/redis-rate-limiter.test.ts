import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisRateLimiter } from '../../src/http/auth/redis-rate-limiter.js';
import { RedisStore } from '../../src/storage/store/redis.store.js';
import { startRedis, type StoreServer } from '../support/store-servers.js';
import { until } from '../support/wait.js';

const LIMIT = { requests: 3, seconds: 3600 };

let redis: StoreServer;
let store: RedisStore;
let limiters: readonly RedisRateLimiter[];

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = await startRedis();
  store = new RedisStore(new URL(redis.url));
  await store.open();
  limiters = [0, 1].map(() => new RedisRateLimiter(store.queueConnection));
  await untilShared();
});
afterAll(async () => {
  for (const limiter of limiters) limiter.onApplicationShutdown();
  await store.close();
  await redis.dispose();
});

/** Of two processes that ask in turn, how many requests were allowed. */
async function allowed(callerId: string, asked: number): Promise<number> {
  let count = 0;
  for (let turn = 0; turn < asked; turn++) {
    if ((await limiters[turn % 2]?.take(callerId, LIMIT)) === null) count++;
  }
  return count;
}

let tries = 0;

/** Until both have their connection: each would count for itself. */
function untilShared(): Promise<true> {
  return until('a shared count', async () => (await allowed(`try-${String(tries++)}`, 8)) === 3 || undefined);
}

describe('the rate limiter on Redis', () => {
  it('lets all processes together have as many requests as one key may', async () => {
    expect(await allowed('shared', 20)).toBe(3);
    expect(await allowed('other', 2)).toBe(2);
  });

  it('says how long to wait, in seconds', async () => {
    await allowed('waiting', 3);
    const wait = await limiters[0]?.take('waiting', LIMIT);
    expect(wait).toBeGreaterThan(1190);
    expect(wait).toBeLessThanOrEqual(1200);
  });

  it('fills a bucket again', async () => {
    const quick = { requests: 1, seconds: 1 };
    expect(await limiters[0]?.take('quick', quick)).toBeNull();
    await until('the next', async () => (await limiters[1]?.take('quick', quick)) === null || undefined);
  });

  it('keeps a bucket no longer than until it is full', async () => {
    await limiters[0]?.take('short', { requests: 100, seconds: 10 });
    const left = await store.client.pttl('parley:rate:short');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(1100);
  });

  it('is not moved by a clock of Redis that was set back', async () => {
    await allowed('back', 2);
    await store.client.hset('parley:rate:back', 'at', Date.now() + 3_600_000);
    expect(await allowed('back', 2)).toBe(1);
  });

  it('counts in each process while Redis is away, and together again when it is back', async () => {
    await redis.stop();
    expect(await allowed('away', 20)).toBe(6);
    await redis.start();
    await untilShared();
  });

  it('waits for no answer that does not come', async () => {
    // Redis holds back what its clients ask for, while their connections stand.
    await store.client.client('PAUSE', 20_000, 'ALL');
    expect(await allowed('held back', 20)).toBe(6);
  });
});
