import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { CircuitBreaker } from '../../src/inference/remote/circuit-breaker.js';

class World {
  now = 1000;
  readonly breaker = new CircuitBreaker('m', () => this.now);

  fail(times = 1): void {
    for (let time = 0; time < times; time++) {
      const pass = this.breaker.enter();
      pass.failed();
      pass.end();
    }
  }

  answer(): void {
    const pass = this.breaker.enter();
    pass.answered();
    pass.end();
  }

  /** `Retry-After` of what is refused now; null when it is let through, and left before anything is learnt. */
  get refusedFor(): number | null {
    try {
      this.breaker.enter().end();
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(ParleyError);
      const { code, retryAfterSeconds } = error as ParleyError;
      expect(code).toBe('overloaded');
      return retryAfterSeconds ?? -1;
    }
  }
}

describe('the circuit breaker', () => {
  it('opens at the fifth failure in a row', () => {
    const world = new World();
    world.fail(4);
    expect(world.refusedFor).toBeNull();
    world.fail();
    expect(world.refusedFor).toBe(1);
  });

  it('forgets failures when an answer comes between', () => {
    const world = new World();
    world.fail(4);
    world.answer();
    world.fail(4);
    expect(world.refusedFor).toBeNull();
  });

  it('lets one request through after the pause, and all once that is answered', () => {
    const world = new World();
    world.fail(5);
    world.now += 1000;
    const probe = world.breaker.enter();
    expect(world.refusedFor).toBe(1);
    probe.answered();
    probe.end();
    expect(world.refusedFor).toBeNull();
    world.fail(4);
    expect(world.refusedFor).toBeNull();
  });

  it('pauses twice as long after each probe that failed, up to a minute', () => {
    const world = new World();
    world.fail(5);
    const pauses: (number | null)[] = [];
    for (let probes = 0; probes < 8; probes++) {
      const pause = world.refusedFor ?? 0;
      pauses.push(pause);
      world.now += pause * 1000 - 1;
      expect(world.refusedFor).toBe(1);
      world.now += 1;
      world.fail();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    world.now += 60_000;
    world.answer();
    world.fail(5);
    expect(world.refusedFor).toBe(1);
  });

  it('lets another probe through when the first one left before anything was learnt', () => {
    const world = new World();
    world.fail(5);
    world.now += 1000;
    world.breaker.enter().end();
    const second = world.breaker.enter();
    second.failed();
    expect(world.refusedFor).toBe(2);
  });

  it('is not held open longer by failures of requests that went out before', () => {
    const world = new World();
    const before = Array.from({ length: 10 }, () => world.breaker.enter());
    for (const pass of before.slice(0, 5)) pass.failed();
    world.now += 900;
    for (const pass of before.slice(5)) pass.failed();
    world.now += 100;
    expect(world.refusedFor).toBeNull();
  });

  it('closes when a request of before is answered after all', () => {
    const world = new World();
    const slow = world.breaker.enter();
    world.fail(5);
    expect(world.refusedFor).toBe(1);
    slow.answered();
    expect(world.refusedFor).toBeNull();
  });
});
