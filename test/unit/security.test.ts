import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/security/key-ring.js';
import { RateLimiter } from '../../src/security/rate-limiter.js';

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

  it('knows when it is empty', () => {
    expect(ring.empty).toBe(false);
    expect(new KeyRing([]).empty).toBe(true);
    expect(new KeyRing([]).identify('')).toBeNull();
  });
});

describe('the rate limiter', () => {
  class World {
    now = 0;
    readonly limiter = new RateLimiter({ requests: 3, seconds: 30 }, () => this.now);

    take(count: number, key = 'a'): (number | null)[] {
      return Array.from({ length: count }, () => this.limiter.take(key));
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
