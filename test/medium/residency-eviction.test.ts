import { describe, expect, it } from 'vitest';
import { errorOf } from './support/errors.js';
import { outcome, settled } from './support/gate.js';
import { model, ResidencyWorld } from './support/residency-world.js';
import { rawTask } from './support/tasks.js';

const THREE = { a: model(3), b: model(3), c: model(3), d: model(4) };

describe('when the budget is full', () => {
  it('the models unused for longest go, and no more of them than needed', async () => {
    const world = new ResidencyWorld(10, THREE);
    await world.use('a', 'b', 'c', 'a');
    await world.use('d');
    expect(world.ready()).toEqual(['a', 'c', 'd']);
    expect(world.runnerOf('b').alive).toBe(false);
    expect(world.observed.events).toContain('unloaded b: budget');
    expect(world.usedUnits).toBe(10);
  });

  it('a busy model is never evicted: the load waits until it is idle', async () => {
    const world = new ResidencyWorld(5, { a: model(3), b: model(3) });
    const lease = await world.acquire('a');
    const asked = world.acquire('b');
    expect(await outcome(asked)).toBe('pending');
    expect(lease.runner.alive).toBe(true);
    lease.release();
    expect((await asked).runner.alive).toBe(true);
    expect(world.ready()).toEqual(['b']);
  });

  it('a model is busy until its last lease is back, however often one is given back', async () => {
    const world = new ResidencyWorld(5, { a: model(3), b: model(3) });
    const [first, second] = [await world.acquire('a'), await world.acquire('a')];
    const asked = world.acquire('b');
    first.release();
    first.release();
    expect(await outcome(asked)).toBe('pending');
    second.release();
    await asked;
  });

  it('pinned models stay', async () => {
    const world = new ResidencyWorld(10, THREE);
    await world.load('a', null, true);
    await world.use('b', 'c', 'd');
    expect(world.ready()).toEqual(['a', 'c', 'd']);
    expect(world.residency.list().find((resident) => resident.model === 'a')?.pinned).toBe(true);
  });

  it('a pinned model that was unloaded on request is pinned no more', async () => {
    const world = new ResidencyWorld(10, THREE);
    await world.load('a', null, true);
    await world.residency.unload('a', 'request');
    await world.use('a', 'b', 'c', 'd');
    expect(world.ready()).toEqual(['b', 'c', 'd']);
  });

  it('a model that holds more than it said makes others go', async () => {
    const world = new ResidencyWorld(10, { a: model(4), greedy: model(3, { realBytes: 8 * 1024 ** 3 }) });
    await world.use('a', 'greedy');
    expect(world.ready()).toEqual(['greedy']);
    expect(world.usedUnits).toBe(8);
  });

  it('a model that became ready and idle makes room for the one that waits', async () => {
    const world = new ResidencyWorld(5, { a: model(3, { slow: true }), b: model(3) });
    const launched = world.load('a');
    await settled();
    const asked = world.acquire('b');
    expect(await outcome(asked)).toBe('pending');
    world.runnerOf('a').finishLoading();
    await launched;
    expect(await outcome(asked)).not.toBe('pending');
    expect(world.ready()).toEqual(['b']);
  });

  it('a load that failed makes room for the one that waits', async () => {
    const world = new ResidencyWorld(5, { a: model(3, { slow: true }), b: model(3) });
    const told = errorOf(world.acquire('a'));
    await settled();
    const asked = world.acquire('b');
    await settled();
    world.runnerOf('a').failLoading('failed');
    await told;
    expect(await outcome(asked)).not.toBe('pending');
  });
});

describe('two loads that wait for memory', () => {
  it('get it in the order of their coming, also where the second would fit', async () => {
    const world = new ResidencyWorld(10, { busy: model(6), big: model(8), small: model(3) });
    const lease = await world.acquire('busy');
    const big = world.acquire('big');
    await settled();
    const small = world.acquire('small');
    expect(await outcome(Promise.race([big, small]))).toBe('pending');
    lease.release();
    const bigLease = await big;
    expect(world.ready()).toEqual(['big']);
    expect(await outcome(small)).toBe('pending');
    bigLease.release();
    await small;
  });

  it('do not wait for one that is ended', async () => {
    const world = new ResidencyWorld(10, { busy: model(6), big: model(8), small: model(3) });
    await world.acquire('busy');
    const told = errorOf(world.acquire('big'));
    await settled();
    const small = world.acquire('small');
    await settled();
    await world.residency.unload('big', 'request');
    expect((await told).code).toBe('model_not_loaded');
    expect(await outcome(small)).not.toBe('pending');
    expect(world.usedUnits).toBe(9);
  });

  it('can be ended while another is ahead', async () => {
    const world = new ResidencyWorld(10, { busy: model(6), big: model(8), small: model(3) });
    const lease = await world.acquire('busy');
    const big = world.acquire('big');
    await settled();
    const told = errorOf(world.acquire('small'));
    await settled();
    expect(await outcome(world.residency.unload('small', 'request'))).toBe(true);
    expect((await told).code).toBe('model_not_loaded');
    lease.release();
    await big;
    expect(world.ready()).toEqual(['big']);
    expect(world.usedUnits).toBe(8);
  });
});

describe('a lease', () => {
  it.each(Array.from({ length: 16 }, (_, index) => index))(
    'is never of a model that is being evicted (%i)',
    async (delay) => {
      const world = new ResidencyWorld(5, { a: model(3), b: model(3) });
      const first = await world.acquire('a');
      const other = world.acquire('b').then((given) => given.release());
      await settled();
      first.release();
      for (let turns = 0; turns < delay; turns++) await Promise.resolve();
      const lease = await world.acquire('a');
      const run = lease.runner.run(rawTask(''), 's');
      expect(await outcome(run.chunks.next())).toBe('pending');
      expect(lease.runner.alive).toBe(true);
      lease.release();
      await other;
    },
  );
});
