import { describe, expect, it } from 'vitest';
import { outcome, settled } from './support/gate.js';
import { entry, model, ResidencyWorld } from './support/residency-world.js';

describe('a launch with a larger context', () => {
  it('reloads an idle model at once', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    expect((await world.load('a')).context?.size).toBe(2048);
    expect((await world.load('a', 3072)).context?.size).toBe(3072);
    expect(world.startsOf('a')).toHaveLength(2);
    expect(world.startsOf('a')[0]?.alive).toBe(false);
    expect(world.observed.events).toEqual(['loaded a', 'unloaded a: reload', 'loaded a']);
  });

  it('waits for the requests that run, and ends none of them', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const [first, second] = [await world.acquire('a'), await world.acquire('a')];
    const launched = world.load('a', 3072);
    first.release();
    expect(await outcome(launched)).toBe('pending');
    expect(second.runner.alive).toBe(true);
    second.release();
    expect((await launched).context?.size).toBe(3072);
    expect(second.runner.alive).toBe(false);
  });

  it('holds back those who come meanwhile, and they get the new one', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const running = await world.acquire('a');
    const launched = world.load('a', 3072);
    await settled();
    const asked = world.acquire('a');
    expect(await outcome(asked)).toBe('pending');
    running.release();
    await launched;
    expect((await asked).facts.context?.size).toBe(3072);
    expect(world.startsOf('a')).toHaveLength(2);
  });

  it('frees the memory of the old one before it takes that of the new', async () => {
    const world = new ResidencyWorld(10, { a: model(8) });
    await world.load('a');
    expect(await outcome(world.load('a', 3072))).not.toBe('pending');
    expect(world.usedUnits).toBe(8);
  });

  it('waits for a load that is on its way, and reloads then', async () => {
    const world = new ResidencyWorld(10, { a: model(1, { slow: true }) });
    const asked = world.acquire('a');
    const launched = world.load('a', 3072);
    await settled();
    expect(world.startsOf('a')).toHaveLength(1);
    world.change('a', model(1));
    world.runnerOf('a').finishLoading();
    (await asked).release();
    expect((await launched).context?.size).toBe(3072);
  });

  it('keeps the pin', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.load('a', null, true);
    await world.load('a', 3072);
    expect(world.residency.list()).toMatchObject([{ model: 'a', pinned: true }]);
  });

  it('gives two that come at once what each asked for', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.load('a');
    const facts = await Promise.all([world.load('a', 3072), world.load('a', 4096)]);
    expect(facts.map(({ context }) => context?.size)).toEqual([3072, 4096]);
  });

  it('goes on when the old runner crashes meanwhile', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const [first, second] = [await world.acquire('a'), await world.acquire('a')];
    const launched = world.load('a', 3072);
    await settled();
    world.runnerOf('a').crash();
    first.release();
    expect(await outcome(launched)).not.toBe('pending');
    expect((await launched).context?.size).toBe(3072);
    second.release();
  });

  it('does not keep an unload from ending the model now', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    const running = await world.acquire('a');
    void world.load('a', 3072).catch(() => undefined);
    await settled();
    expect(await outcome(world.residency.unload('a', 'request'))).toBe(true);
    expect(running.runner.alive).toBe(false);
  });
});

describe('a preloaded model', () => {
  async function pinned(more: Parameters<typeof model>[1] = {}): Promise<ResidencyWorld> {
    const world = new ResidencyWorld(10, { a: model(1, more) });
    await world.load('a', null, true);
    return world;
  }

  it('is loaded with the larger context although the launch was cancelled meanwhile', async () => {
    const world = await pinned();
    const running = await world.acquire('a');
    const leaving = new AbortController();
    const launched = world.residency.load(entry('a'), { contextSize: 3072, pin: false }, leaving.signal);
    await settled();
    leaving.abort();
    await expect(launched).rejects.toMatchObject({ code: 'cancelled' });
    running.release();
    await settled();
    expect(world.residency.list()).toMatchObject([{ state: 'ready', pinned: true }]);
    expect((await world.load('a')).context?.size).toBe(3072);
  });

  it('is loaded as it was when there is no memory for the larger context', async () => {
    const world = await pinned();
    world.change('a', model(11));
    const launched = world.load('a', 4096);
    launched.catch(() => world.change('a', model(1)));
    await expect(launched).rejects.toMatchObject({ code: 'model_load_failed' });
    await settled();
    expect((await world.load('a')).context?.size).toBe(2048);
    expect(world.residency.list()).toMatchObject([{ state: 'ready', pinned: true }]);
  });

  it('has the default context although a launch loaded it with less before', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    expect((await world.load('a', 512)).context?.size).toBe(512);
    expect((await world.load('a', null, true)).context?.size).toBe(2048);
  });
});

describe('a launch with a smaller context', () => {
  it('reloads nothing: other API keys use what is loaded', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.load('a');
    expect((await world.load('a', 512)).context?.size).toBe(2048);
    expect(world.startsOf('a')).toHaveLength(1);
  });

  it('loads a model that is not loaded with it, and the next load has the default again', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    expect((await world.load('a', 512)).context?.size).toBe(512);
    await world.residency.unload('a', 'budget');
    expect((await world.acquire('a')).facts.context?.size).toBe(2048);
  });
});

describe('a launch that asks for nothing new', () => {
  it('reloads nothing', async () => {
    const world = new ResidencyWorld(10, { a: model(1) });
    await world.load('a', 3072);
    await world.load('a', 3072);
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
