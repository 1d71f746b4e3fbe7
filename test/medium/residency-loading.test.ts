import { describe, expect, it } from 'vitest';
import { errorOf } from './support/errors.js';
import { outcome, settled } from './support/gate.js';
import { model, ResidencyWorld, UNIT } from './support/residency-world.js';

describe('a load', () => {
  it('is one for all who ask at once', async () => {
    const world = new ResidencyWorld(10, { a: model(1, { slow: true }) });
    const asked = Array.from({ length: 10 }, () => world.acquire('a'));
    await settled();
    expect(world.startsOf('a')).toHaveLength(1);
    world.runnerOf('a').finishLoading();
    const leases = await Promise.all(asked);
    expect(new Set(leases.map(({ runner }) => runner)).size).toBe(1);
    expect(world.runners).toHaveLength(1);
    expect(world.observed.events).toEqual(['loaded a']);
  });

  it('is not repeated while the model is there', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.use('a', 'a');
    await world.load('a');
    expect(world.runners).toHaveLength(1);
  });

  it('goes on when those who wait leave, at once, one or all', async () => {
    const world = new ResidencyWorld(10, { a: model(1, { slow: true }) });
    const [first, second] = [new AbortController(), new AbortController()];
    const left = world.acquire('a', first.signal);
    const alsoLeft = world.acquire('a', second.signal);
    first.abort();
    expect((await errorOf(left)).code).toBe('cancelled');
    second.abort();
    expect((await errorOf(alsoLeft)).code).toBe('cancelled');
    expect(world.runnerOf('a').alive).toBe(true);
    world.runnerOf('a').finishLoading();
    await settled();
    expect(world.ready()).toEqual(['a']);
    await world.use('a');
    expect(world.runners).toHaveLength(1);
  });

  it('is not begun for somebody who has left already', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const gone = new AbortController();
    gone.abort();
    expect((await errorOf(world.acquire('a', gone.signal))).code).toBe('cancelled');
    expect(world.runners).toHaveLength(0);
  });

  it('shows its progress', async () => {
    const world = new ResidencyWorld(10, { a: model(1, { slow: true }) });
    const loading = world.load('a');
    await settled();
    expect(world.residency.list()).toMatchObject([{ model: 'a', state: 'loading', progress: 0, facts: null }]);
    world.runnerOf('a').onProgress(0.5);
    expect(world.residency.list()).toMatchObject([{ progress: 0.5 }]);
    world.runnerOf('a').finishLoading();
    await loading;
    expect(world.residency.list()).toMatchObject([
      { state: 'ready', progress: 1, memoryBytes: world.runnerOf('a').memoryBytes },
    ]);
  });

  it('takes memory from its beginning, and gives it back when it fails', async () => {
    const world = new ResidencyWorld(10, { a: model(4, { slow: true }) });
    const asked = [world.acquire('a'), world.acquire('a')];
    await settled();
    expect(world.usedUnits).toBe(4);
    world.runnerOf('a').failLoading('invalid-file', 'its file is a hoax');
    for (const one of asked) {
      const error = await errorOf(one);
      expect(error.code).toBe('model_load_failed');
      expect(error.message).toContain('its file is a hoax');
    }
    expect(world.usedUnits).toBe(0);
    expect(world.runnerOf('a').alive).toBe(false);
    expect(world.stateOf('a')).toBe('none');
    expect(world.observed.events).toEqual(['load failed a']);
  });

  it('that failed is tried again by the next, and no more after three times', async () => {
    const world = new ResidencyWorld(10, { a: model(1, { slow: true }) });
    for (let time = 1; time <= 3; time++) {
      const asked = world.acquire('a');
      await settled();
      world.runnerOf('a').failLoading('failed');
      await errorOf(asked);
      expect(world.startsOf('a')).toHaveLength(time);
    }
    const error = await errorOf(world.acquire('a'));
    expect(error.code).toBe('model_load_failed');
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    expect(world.startsOf('a')).toHaveLength(3);
  });

  it('that is unloaded ends, and those who wait are told', async () => {
    const world = new ResidencyWorld(10, { a: model(4, { slow: true }) });
    const asked = world.acquire('a');
    const told = errorOf(asked);
    await settled();
    expect(await world.residency.unload('a', 'request')).toBe(true);
    expect((await told).code).toBe('model_not_loaded');
    expect(world.runnerOf('a').alive).toBe(false);
    expect(world.usedUnits).toBe(0);
    expect(world.stateOf('a')).toBe('none');
  });

  it('that was unloaded is no failure that counts', async () => {
    const world = new ResidencyWorld(10, { a: model(1, { slow: true }) });
    for (let time = 0; time < 4; time++) {
      const told = errorOf(world.acquire('a'));
      await settled();
      await world.residency.unload('a', 'request');
      expect((await told).code).toBe('model_not_loaded');
    }
    world.change('a', model(1));
    await world.use('a');
    expect(world.ready()).toEqual(['a']);
  });
});

describe('unload', () => {
  it('resolves when the memory is free', async () => {
    const world = new ResidencyWorld(10, { a: model(4) });
    const lease = await world.acquire('a');
    expect(await world.residency.unload('a', 'request')).toBe(true);
    expect(world.usedUnits).toBe(0);
    expect(lease.runner.alive).toBe(false);
    lease.release();
    expect(world.observed.events).toEqual(['loaded a', 'unloaded a: request']);
  });

  it('of a model that is not loaded is false', async () => {
    expect(await new ResidencyWorld(10, {}).residency.unload('a', 'request')).toBe(false);
  });

  it('of all ends all, in whatever state', async () => {
    const world = new ResidencyWorld(10, { a: model(1), b: model(1, { slow: true }) });
    await world.use('a');
    const told = errorOf(world.acquire('b'));
    await settled();
    await world.residency.unloadAll('shutdown');
    await told;
    expect(world.residency.list()).toEqual([]);
    expect(world.usedUnits).toBe(0);
    expect(world.runners.filter(({ alive }) => alive)).toEqual([]);
  });

  it('is waited for by those who ask meanwhile, who get a new runner', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.use('a');
    const unloading = world.residency.unload('a', 'request');
    const lease = await world.acquire('a');
    await unloading;
    expect(lease.runner.alive).toBe(true);
    expect(world.startsOf('a')).toHaveLength(2);
  });
});

describe('out of memory', () => {
  it('evicts what is idle and tries once more', async () => {
    const world = new ResidencyWorld(10, { idle: model(1), a: model(1, { slow: true }) });
    await world.use('idle');
    const asked = world.acquire('a');
    await settled();
    world.runnerOf('a').failLoading('out-of-memory');
    world.change('a', model(1));
    expect((await asked).runner).toBe(world.runnerOf('a'));
    expect(world.startsOf('a')).toHaveLength(2);
    expect(world.ready()).toEqual(['a']);
    expect(world.observed.events).toEqual(['loaded idle', 'unloaded idle: out-of-memory', 'loaded a']);
  });

  it('a second time is the end', async () => {
    const world = new ResidencyWorld(10, { idle: model(1), a: model(1, { slow: true }) });
    await world.use('idle');
    const told = errorOf(world.acquire('a'));
    await settled();
    world.runnerOf('a').failLoading('out-of-memory', 'no memory');
    await settled();
    expect(world.startsOf('a')).toHaveLength(2);
    world.runnerOf('a').failLoading('out-of-memory', 'no memory');
    expect((await told).message).toContain('no memory');
    expect(world.startsOf('a')).toHaveLength(2);
    expect(world.usedUnits).toBe(0);
  });

  it('is the end at once when only busy models are there', async () => {
    const world = new ResidencyWorld(10, { busy: model(1), a: model(1, { slow: true }) });
    await world.acquire('busy');
    const told = errorOf(world.acquire('a'));
    await settled();
    world.runnerOf('a').failLoading('out-of-memory');
    expect((await told).code).toBe('model_load_failed');
    expect(world.startsOf('a')).toHaveLength(1);
    expect(world.ready()).toEqual(['busy']);
  });
});

describe('a model that is too big', () => {
  it('is refused with the number of bytes that are missing, and nothing is evicted for it', async () => {
    const world = new ResidencyWorld(10, { small: model(5), big: model(12) });
    await world.use('small');
    const error = await errorOf(world.acquire('big'));
    expect(error.code).toBe('model_load_failed');
    expect(error.message).toContain(`${String(2 * UNIT)} bytes are missing`);
    expect(world.ready()).toEqual(['small']);
    expect(world.runnerOf('big').alive).toBe(false);
    expect(world.usedUnits).toBe(5);
  });

  it('counts what pinned models hold', async () => {
    const world = new ResidencyWorld(10, { pinned: model(4), big: model(7) });
    await world.load('pinned', null, true);
    const error = await errorOf(world.acquire('big'));
    expect(error.message).toContain(`${String(UNIT)} bytes are missing`);
    expect(error.message).toContain(`pinned models hold ${String(4 * UNIT)}`);
  });

  it('that just fits is loaded', async () => {
    const world = new ResidencyWorld(10, { a: model(10) });
    expect(await outcome(world.acquire('a'))).not.toBe('pending');
    expect(world.ready()).toEqual(['a']);
  });
});
