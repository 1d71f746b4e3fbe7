import { describe, expect, it } from 'vitest';
import { outcome, settled } from './support/gate.js';
import { model, ResidencyWorld } from './support/residency-world.js';

describe('a launch with another context size', () => {
  it('reloads an idle model at once', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    expect((await world.load('a')).context?.size).toBe(2048);
    expect((await world.load('a', 512)).context?.size).toBe(512);
    expect(world.startsOf('a')).toHaveLength(2);
    expect(world.startsOf('a')[0]?.alive).toBe(false);
    expect(world.observed.events).toEqual(['loaded a', 'unloaded a: reload', 'loaded a']);
  });

  it('waits for the requests that run, and ends none of them', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const [first, second] = [await world.acquire('a'), await world.acquire('a')];
    const launched = world.load('a', 512);
    first.release();
    expect(await outcome(launched)).toBe('pending');
    expect(second.runner.alive).toBe(true);
    second.release();
    expect((await launched).context?.size).toBe(512);
    expect(second.runner.alive).toBe(false);
  });

  it('holds back those who come meanwhile, and they get the new one', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const running = await world.acquire('a');
    const launched = world.load('a', 512);
    await settled();
    const asked = world.acquire('a');
    expect(await outcome(asked)).toBe('pending');
    running.release();
    await launched;
    expect((await asked).facts.context?.size).toBe(512);
    expect(world.startsOf('a')).toHaveLength(2);
  });

  it('frees the memory of the old one before it takes that of the new', async () => {
    const world = new ResidencyWorld(10, { a: model(8) });
    await world.load('a');
    expect(await outcome(world.load('a', 512))).not.toBe('pending');
    expect(world.usedUnits).toBe(8);
  });

  it('waits for a load that is on its way, and reloads then', async () => {
    const world = new ResidencyWorld(10, { a: model(1, { slow: true }) });
    const asked = world.acquire('a');
    const launched = world.load('a', 512);
    await settled();
    expect(world.startsOf('a')).toHaveLength(1);
    world.change('a', model(1));
    world.runnerOf('a').finishLoading();
    (await asked).release();
    expect((await launched).context?.size).toBe(512);
  });

  it('keeps the pin', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.load('a', null, true);
    await world.load('a', 512);
    expect(world.residency.list()).toMatchObject([{ model: 'a', pinned: true }]);
  });

  it('gives two that come at once what each asked for', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.load('a');
    const facts = await Promise.all([world.load('a', 512), world.load('a', 1024)]);
    expect(facts.map(({ context }) => context?.size)).toEqual([512, 1024]);
  });

  it('goes on when the old runner crashes meanwhile', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const [first, second] = [await world.acquire('a'), await world.acquire('a')];
    const launched = world.load('a', 512);
    await settled();
    world.runnerOf('a').crash();
    first.release();
    expect(await outcome(launched)).not.toBe('pending');
    expect((await launched).context?.size).toBe(512);
    second.release();
  });

  it('does not keep an unload from ending the model now', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const running = await world.acquire('a');
    void world.load('a', 512).catch(() => undefined);
    await settled();
    expect(await outcome(world.residency.unload('a', 'request'))).toBe(true);
    expect(running.runner.alive).toBe(false);
  });
});

describe('a launch that asks for nothing new', () => {
  it('reloads nothing', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.load('a', 512);
    await world.load('a', 512);
    await world.load('a');
    expect(world.startsOf('a')).toHaveLength(1);
  });

  it('knows that more than the model was trained with is no more', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    expect((await world.load('a', 100_000)).context?.size).toBe(4096);
    expect((await world.load('a', 8192)).context?.size).toBe(4096);
    expect(world.startsOf('a')).toHaveLength(1);
  });
});
