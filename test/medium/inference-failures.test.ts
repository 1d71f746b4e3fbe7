import { describe, expect, it } from 'vitest';
import { errorOf } from './support/errors.js';
import { outcome, settled } from './support/gate.js';
import { model } from './support/residency-world.js';
import { ServiceWorld } from './support/service-world.js';

const NEVER = new AbortController().signal;
const IDLE = { running: 0, waiting: 0 };
const ONE_SLOT = { a: model(1, { slots: 1 }) };

describe('a runner that dies', () => {
  it('ends the request that it was answering with an error, and frees its place', async () => {
    const world = new ServiceWorld(ONE_SLOT);
    const request = await world.ask('a');
    world.lastRunOf('a').say('Hel');
    world.runnerOf('a.gguf').crash();
    expect((await request.ended)?.code).toBe('runner_crashed');
    expect(request.texts).toEqual(['Hel']);
    expect(world.queueOf('a')).toEqual(IDLE);
    expect(world.observed.requests).toMatchObject([{ outcome: 'error' }]);
  });

  it('is replaced for those who wait, once for all of them', async () => {
    const world = new ServiceWorld(ONE_SLOT);
    const running = await world.ask('a');
    const waiting = [await world.ask('a'), await world.ask('a')];
    world.runnerOf('a.gguf').crash();
    expect((await running.ended)?.code).toBe('runner_crashed');
    for (const request of waiting) {
      await settled();
      world.lastRunOf('a').finish();
      expect(await request.ended).toBeNull();
    }
    expect(world.startsOf('a.gguf')).toHaveLength(2);
    expect(world.queueOf('a')).toEqual(IDLE);
  });

  it('while its model waits to be reloaded keeps nobody waiting for ever', async () => {
    const world = new ServiceWorld(ONE_SLOT);
    const running = await world.ask('a');
    const waiting = [await world.ask('a'), await world.ask('a')];
    const launched = world.service.load('a', { contextSize: 3072, pin: false }, NEVER);
    await settled();
    world.runnerOf('a.gguf').crash();
    expect((await running.ended)?.code).toBe('runner_crashed');
    for (let turns = 0; turns < 5; turns++) {
      await settled();
      for (const run of world.startsOf('a.gguf').flatMap(({ runs }) => runs)) run.finish();
    }
    expect(await outcome(Promise.all(waiting.map(({ ended }) => ended)))).toEqual([null, null]);
    expect(await outcome(launched)).toMatchObject({ context: { size: 3072 } });
  });
});

describe('AUTOLOAD=false', () => {
  it('refuses a model that is not loaded, and takes one that is', async () => {
    const world = new ServiceWorld(ONE_SLOT, { autoload: false });
    const refused = await (await world.ask('a')).ended;
    expect(refused).toMatchObject({ code: 'model_not_loaded', param: 'model' });
    expect(world.runners).toHaveLength(0);
    await world.service.load('a', { contextSize: null, pin: false }, NEVER);
    const request = await world.ask('a');
    world.lastRunOf('a').finish();
    expect(await request.ended).toBeNull();
  });

  it('lets a request wait for a load that somebody else asked for', async () => {
    const world = new ServiceWorld({ a: model(1, { slow: true }) }, { autoload: false });
    void world.service.load('a', { contextSize: null, pin: false }, NEVER).catch(() => undefined);
    await settled();
    const request = await world.ask('a');
    expect(request.hasEnded).toBe(false);
    world.runnerOf('a.gguf').finishLoading();
    await settled();
    world.lastRunOf('a').finish();
    expect(await request.ended).toBeNull();
  });

  it('lets a request wait for a model that is being reloaded', async () => {
    const world = new ServiceWorld(ONE_SLOT, { autoload: false });
    await world.service.load('a', { contextSize: null, pin: false }, NEVER);
    const running = await world.ask('a');
    const launched = world.service.load('a', { contextSize: 3072, pin: false }, NEVER);
    await settled();
    const request = await world.ask('a');
    expect(request.hasEnded).toBe(false);
    world.lastRunOf('a').finish();
    expect(await running.ended).toBeNull();
    await launched;
    await settled();
    world.lastRunOf('a').finish();
    expect(await request.ended).toBeNull();
  });

  it('does not load again, for those who wait, a model that was unloaded', async () => {
    const world = new ServiceWorld(ONE_SLOT, { autoload: false });
    await world.service.load('a', { contextSize: null, pin: false }, NEVER);
    const running = await world.ask('a');
    const waiting = await world.ask('a');
    await world.service.unload('a');
    expect((await running.ended)?.code).toBe('model_not_loaded');
    await settled();
    expect(world.startsOf('a.gguf')).toHaveLength(1);
    expect((await waiting.ended)?.code).toBe('model_not_loaded');
  });
});

describe('draining', () => {
  it('refuses at the door, and lets what was let in finish, with whatever it still needs', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }), b: model(1) });
    const running = await world.ask('a');
    const waiting = await world.ask('a');
    world.service.refuseWhileDraining();
    world.service.beginDrain();
    expect(world.service.isDraining).toBe(true);
    expect(() => world.service.refuseWhileDraining()).toThrow(expect.objectContaining({ code: 'overloaded' }) as Error);
    expect(world.observed.events).toContain('rejected : draining');
    for (const request of [running, waiting]) {
      world.lastRunOf('a').finish();
      expect(await request.ended).toBeNull();
      await settled();
    }
    const next = await world.ask('b');
    world.lastRunOf('b').finish();
    expect(await next.ended).toBeNull();
  });
});

describe('close', () => {
  it('ends every runner and every request, those that wait too, and starts nothing any more', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }), b: model(1, { slow: true }) });
    const requests = [await world.ask('a'), await world.ask('a'), await world.ask('a'), await world.ask('b')];
    world.service.beginDrain();
    await world.service.close();
    await settled();
    expect(world.runners.filter(({ alive }) => alive)).toEqual([]);
    expect(world.runners).toHaveLength(2);
    expect(requests.map(({ hasEnded }) => hasEnded)).toEqual([true, true, true, true]);
    const codes = (await Promise.all(requests.map(({ ended }) => ended))).map((error) => error?.code);
    expect(codes).toEqual(requests.map(() => 'overloaded'));
    expect(world.service.queueInfo().map(({ running, waiting }) => running + waiting)).toEqual([0, 0]);
  });

  it('does not wait for the requests of a model that is about to be reloaded', async () => {
    const world = new ServiceWorld(ONE_SLOT);
    await world.ask('a');
    void world.service.load('a', { contextSize: 3072, pin: false }, NEVER).catch(() => undefined);
    await settled();
    world.service.beginDrain();
    expect(await outcome(world.service.close())).not.toBe('pending');
    expect(world.runners.filter(({ alive }) => alive)).toEqual([]);
  });
});

describe('what is told about models', () => {
  it('is what is there', async () => {
    const world = new ServiceWorld({ a: model(4), b: model(2, { slow: true }) });
    expect(world.service.factsOf('a')).toBeNull();
    expect(world.service.isResident('a')).toBe(false);
    await world.service.load('a', { contextSize: 3072, pin: false }, NEVER);
    await world.ask('b');
    expect(world.service.factsOf('a')).toMatchObject({ context: { size: 3072 } });
    expect(world.service.factsOf('b')).toBeNull();
    expect(world.service.isResident('b')).toBe(true);
    expect(world.service.memory()).toEqual({ budget: 10 * 1024 ** 3, used: 6 * 1024 ** 3 });
    expect(await world.service.unload('a')).toBe(true);
    expect(await world.service.unload('a')).toBe(false);
    expect(world.service.factsOf('a')).toBeNull();
    expect((await errorOf(Promise.resolve().then(() => world.service.isResident('nobody')))).code).toBe(
      'model_not_found',
    );
  });
});
