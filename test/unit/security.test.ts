import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConcurrencyLimiter } from '../../src/http/auth/concurrency-limiter.js';
import { KeyRing } from '../../src/http/auth/key-ring.js';
import { LocalRateLimiter } from '../../src/http/auth/local-rate-limiter.js';

describe('the key ring', () => {
  const ring = new KeyRing(['first', 'second']);

  it('knows its keys and gives each a name of its own that does not tell it', () => {
    const names = [ring.identify('first'), ring.identify('second')];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^key-[0-9a-f]{12}$/);
  });

  it('gives a key the same name everywhere', () => {
    expect(new KeyRing(['other', 'first']).identify('first')).toBe(ring.identify('first'));
  });

  it.each(['', 'First', 'first ', 'firs', 'firstt', 'x'.repeat(10_000)])('does not know %j', (key) => {
    expect(ring.identify(key)).toBeNull();
  });

  it('stores digests, and no key as it is sent', () => {
    expect(inspect(ring, { depth: Infinity, showHidden: true })).not.toMatch(/first|second/);
  });

  it('knows when it is empty', () => {
    expect(ring.empty).toBe(false);
    expect(new KeyRing([]).empty).toBe(true);
    expect(new KeyRing([]).identify('')).toBeNull();
  });
});

describe('the rate limiter', () => {
  class World {
    now = 0;
    readonly limiter = new LocalRateLimiter(() => this.now);

    take(count: number, key = 'a'): (number | null)[] {
      return Array.from({ length: count }, () => this.limiter.take(key, { requests: 3, seconds: 30 }));
    }
  }

  it('allows so many at once, then says when the next is', () => {
    expect(new World().take(4)).toEqual([null, null, null, 10]);
  });

  it('refills evenly', () => {
    const world = new World();
    world.take(3);
    world.now = 4000;
    expect(world.take(1)).toEqual([6]);
    world.now = 10_000;
    expect(world.take(2)).toEqual([null, 10]);
  });

  it('keeps what it said: one that waits as told is let in', () => {
    const world = new World();
    world.take(3);
    for (let round = 0; round < 50; round++) {
      world.now += 1234;
      const wait = world.take(1)[0];
      if (typeof wait !== 'number') continue;
      world.now += wait * 1000;
      expect(world.take(1)).toEqual([null]);
    }
  });

  it('saves up no more than a full bucket', () => {
    const world = new World();
    world.take(1);
    world.now = 1_000_000;
    expect(world.take(4)).toEqual([null, null, null, 10]);
  });

  it('counts each key on its own, and charges no refusal', () => {
    const world = new World();
    world.take(10, 'a');
    expect(world.take(3, 'b')).toEqual([null, null, null]);
    world.now = 10_000;
    expect(world.take(1, 'a')).toEqual([null]);
  });
});

describe('the buckets of one process', () => {
  it('are not kept for callers who have not come for long', () => {
    let now = 0;
    const limiter = new LocalRateLimiter(() => now);
    for (let caller = 0; caller < 5000; caller++) {
      now += 100;
      limiter.take(`caller-${String(caller)}`, { requests: 1, seconds: 1 });
    }
    expect(limiter.size).toBeLessThanOrEqual(1001);
  });

  it('are kept for all who may not have one more yet', () => {
    const limiter = new LocalRateLimiter(() => 0);
    const callers = Array.from({ length: 3000 }, (_, caller) => `caller-${String(caller)}`);
    const take = (caller: string): number | null => limiter.take(caller, { requests: 1, seconds: 60 });
    expect(callers.filter((caller) => take(caller) !== null)).toEqual([]);
    expect(callers.filter((caller) => take(caller) === null)).toEqual([]);
  });
});

describe('the limit of requests at a time', () => {
  it('holds for each caller, and gives a place back once it is left', () => {
    const limiter = new ConcurrencyLimiter();
    expect([limiter.enter('a', 2), limiter.enter('a', 2), limiter.enter('a', 2)]).toEqual([true, true, false]);
    expect(limiter.enter('b', 1)).toBe(true);
    limiter.leave('a');
    expect([limiter.enter('a', 2), limiter.enter('a', 2)]).toEqual([true, false]);
  });
});
