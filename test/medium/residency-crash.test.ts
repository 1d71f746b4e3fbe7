import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settled } from './support/gate.js';
import { model, ResidencyWorld } from './support/residency-world.js';

describe('a runner that crashes', () => {
  it('gives its memory back, is told of, and is replaced by the next request', async () => {
    const world = new ResidencyWorld(10, { a: model(4) });
    const lease = await world.acquire('a');
    world.runnerOf('a').crash('SIGSEGV');
    await settled();
    expect(world.usedUnits).toBe(0);
    expect(world.stateOf('a')).toBe('none');
    expect(world.observed.events).toEqual(['loaded a', 'runner ended a: SIGSEGV']);
    lease.release();
    const next = await world.acquire('a');
    expect(next.runner).not.toBe(lease.runner);
    expect(next.runner.alive).toBe(true);
    expect(world.usedUnits).toBe(4);
  });

  it('makes room for a load that waits', async () => {
    const world = new ResidencyWorld(5, { a: model(3), b: model(3) });
    await world.acquire('a');
    const asked = world.acquire('b');
    await settled();
    world.runnerOf('a').crash();
    expect((await asked).runner.alive).toBe(true);
  });

  it('takes nothing from the one that replaced it when its leases come back late', async () => {
    const world = new ResidencyWorld(10, { a: model(4) });
    const old = await world.acquire('a');
    world.runnerOf('a').crash();
    await settled();
    await world.acquire('a');
    old.release();
    await settled();
    expect(world.usedUnits).toBe(4);
    expect(world.ready()).toEqual(['a']);
    const other = world.residency.budget.evictIdle('budget');
    expect(await other).toBe(0);
  });

  it('is not replaced before somebody asks, when nobody pinned it', async () => {
    const world = new ResidencyWorld(10, { a: model(4) });
    await world.use('a');
    world.runnerOf('a').crash();
    await settled();
    expect(world.startsOf('a')).toHaveLength(1);
  });
});

describe('a pinned model that crashes', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());

  it('after it had settled is loaded again by itself, as it was', async () => {
    const world = new ResidencyWorld(10, { a: model(4) });
    await world.load('a', 512, true);
    vi.advanceTimersByTime(60_000);
    world.runnerOf('a').crash();
    await settled();
    expect(world.startsOf('a')).toHaveLength(2);
    expect(world.ready()).toEqual(['a']);
    expect(world.runnerOf('a').spec.contextSize).toBe(512);
    expect(world.residency.list()).toMatchObject([{ pinned: true }]);
    expect(world.usedUnits).toBe(4);
  });

  it('right after its load waits for somebody to ask', async () => {
    const world = new ResidencyWorld(10, { a: model(4) });
    await world.load('a', null, true);
    world.runnerOf('a').crash();
    await settled();
    expect(world.startsOf('a')).toHaveLength(1);
    await world.acquire('a');
    expect(world.startsOf('a')).toHaveLength(2);
    expect(world.residency.list()).toMatchObject([{ pinned: true }]);
  });

  it('and cannot be loaded again leaves no error unhandled, and may be asked for', async () => {
    const world = new ResidencyWorld(10, { a: model(4) });
    await world.load('a', null, true);
    vi.advanceTimersByTime(60_000);
    world.change('a', model(4, { slow: true }));
    world.runnerOf('a').crash();
    await settled();
    world.runnerOf('a').failLoading('failed');
    await settled();
    expect(world.stateOf('a')).toBe('none');
    world.change('a', model(4));
    expect((await world.acquire('a')).runner.alive).toBe(true);
  });
});
