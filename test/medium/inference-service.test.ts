import { describe, expect, it } from 'vitest';
import { errorOf } from './support/errors.js';
import { settled } from './support/gate.js';
import { model } from './support/residency-world.js';
import { ServiceWorld } from './support/service-world.js';
import { rawTask } from './support/tasks.js';

const NEVER = new AbortController().signal;
const IDLE = { running: 0, waiting: 0 };

describe('a request', () => {
  it('loads the model that it names, and gives its answer', async () => {
    const world = new ServiceWorld({ a: model(1) });
    const request = await world.ask('a', { keyId: 'bob' });
    const run = world.lastRunOf('a');
    expect(run).toMatchObject({ scope: 'bob', task: { model: 'a.gguf' } });
    run.say('Hel');
    run.say('lo');
    run.finish();
    expect(await request.ended).toBeNull();
    expect(request.texts).toEqual(['Hel', 'lo']);
    expect(world.queueOf('a')).toEqual(IDLE);
    expect(world.observed.requests).toMatchObject([
      { model: 'a.gguf', dialect: 'openai', outcome: 'stop', promptTokens: 3 },
    ]);
  });

  it('waits for a slot when all are taken, and gets it in its turn', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 2 }) });
    const requests = [await world.ask('a'), await world.ask('a'), await world.ask('a')];
    expect(world.runsOf('a')).toHaveLength(2);
    expect(world.queueOf('a')).toEqual({ running: 2, waiting: 1 });
    world.runsOf('a')[1]?.finish();
    await settled();
    expect(world.runsOf('a')).toHaveLength(3);
    for (const run of world.runsOf('a')) run.finish();
    expect(await Promise.all(requests.map(({ ended }) => ended))).toEqual([null, null, null]);
  });

  it('of a batch waits behind those of people', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }) });
    await world.ask('a');
    await world.ask('a', { keyId: 'batch', priority: 'batch' });
    await world.ask('a', { keyId: 'person' });
    world.lastRunOf('a').finish();
    await settled();
    expect(world.lastRunOf('a').scope).toBe('person');
  });

  it('of a key that has no slot goes before those of one that has', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }) });
    for (let count = 0; count < 3; count++) await world.ask('a', { keyId: 'crowd' });
    await world.ask('a', { keyId: 'guest' });
    world.lastRunOf('a').finish();
    await settled();
    expect(world.lastRunOf('a').scope).toBe('guest');
  });

  it('takes its deadline along, in seconds from then', async () => {
    const world = new ServiceWorld({ a: model(1) });
    await world.ask('a', { deadline: performance.now() + 100_000 });
    const { 'X-Request-Deadline': seconds } = world.lastRunOf('a').headers;
    expect(seconds).toMatch(/^\d+\.\d{3}$/);
    expect(Number(seconds)).toBeLessThanOrEqual(100);
    expect(Number(seconds)).toBeGreaterThan(0);
    await world.ask('a');
    expect(world.lastRunOf('a').headers).toEqual({});
  });

  it('that cannot be answered by its deadline is refused at once', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }) });
    await world.ask('a');
    const refused = await (await world.ask('a', { deadline: performance.now() })).ended;
    expect(refused?.code).toBe('timeout');
    expect(world.observed.events).toContain('rejected a.gguf: deadline');
    expect(world.queueOf('a')).toEqual({ running: 1, waiting: 0 });
  });

  it('for a model that is unknown, or cannot do it, is refused before anything is started', async () => {
    const world = new ServiceWorld({ a: model(1) });
    expect((await (await world.ask('nobody')).ended)?.code).toBe('model_not_found');
    expect(world.runners).toHaveLength(0);
  });

  it('beyond the queue is refused at once, also while the model loads', async () => {
    const world = new ServiceWorld({ a: model(1, { slow: true }) }, { maxQueue: 1 });
    await world.ask('a');
    await world.ask('a');
    const refused = await (await world.ask('a')).ended;
    expect(refused?.code).toBe('overloaded');
    expect(refused?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(world.observed.events).toContain('rejected a.gguf: overloaded');
    expect(world.startsOf('a.gguf')).toHaveLength(1);
  });

  it('whose model cannot be loaded leaves its place', async () => {
    const world = new ServiceWorld({ a: model(1, { slow: true }) });
    const request = await world.ask('a');
    world.runnerOf('a.gguf').failLoading('invalid-file');
    expect((await request.ended)?.code).toBe('model_load_failed');
    expect(world.queueOf('a')).toEqual(IDLE);
    expect(world.observed.requests).toMatchObject([{ outcome: 'error' }]);
  });
});

describe('a client that leaves', () => {
  it('while it is queued frees its place, and the next in line moves up', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }) });
    await world.ask('a', { keyId: 'first' });
    const leaving = await world.ask('a', { keyId: 'leaving' });
    await world.ask('a', { keyId: 'third' });
    leaving.left.abort();
    expect((await leaving.ended)?.code).toBe('cancelled');
    expect(world.queueOf('a')).toEqual({ running: 1, waiting: 1 });
    world.lastRunOf('a').finish();
    await settled();
    expect(world.runsOf('a').map(({ scope }) => scope)).toEqual(['first', 'third']);
  });

  it('while it is queued releases its lease, so that the model can be evicted once it is idle', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }) });
    await world.ask('a', { keyId: 'running' });
    const leaving = await world.ask('a', { keyId: 'leaving' });
    leaving.left.abort();
    expect((await leaving.ended)?.code).toBe('cancelled');
    world.lastRunOf('a').finish();
    await settled();
    expect(world.queueOf('a')).toEqual(IDLE);
    expect(await world.residency.budget.evictIdle('budget')).toBe(1);
  });

  it('while its model loads frees its place, and the load goes on', async () => {
    const world = new ServiceWorld({ a: model(1, { slow: true }) });
    const leaving = await world.ask('a');
    leaving.left.abort();
    expect((await leaving.ended)?.code).toBe('cancelled');
    expect(world.queueOf('a')).toEqual(IDLE);
    world.runnerOf('a.gguf').finishLoading();
    await settled();
    expect(world.ready()).toEqual(['a.gguf']);
    expect(world.runsOf('a')).toHaveLength(0);
  });

  it('while it is answered ends its run and frees its slot and its lease', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }) });
    const leaving = await world.ask('a');
    world.lastRunOf('a').say('Hel');
    await settled();
    leaving.left.abort();
    expect((await leaving.ended)?.code).toBe('cancelled');
    expect(world.lastRunOf('a').aborted).toBe(true);
    expect(world.queueOf('a')).toEqual(IDLE);
    expect(await world.residency.budget.evictIdle('budget')).toBe(1);
    expect(world.observed.requests).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('while nobody reads its answer frees its slot all the same', async () => {
    const world = new ServiceWorld({ a: model(1, { slots: 1 }) });
    const leaving = new AbortController();
    const caller = { keyId: 'k', dialect: 'openai', priority: 'interactive' } as const;
    const chunks = world.service.run(rawTask('Hi', { model: 'a' }), caller, leaving.signal);
    const first = chunks.next();
    await settled();
    world.lastRunOf('a').say('Hel');
    await first;
    leaving.abort();
    await settled();
    expect(world.lastRunOf('a').aborted).toBe(true);
    expect(world.queueOf('a')).toEqual(IDLE);
    expect(await world.residency.budget.evictIdle('budget')).toBe(1);
    expect(world.observed.requests).toHaveLength(1);
    await chunks.return();
    expect(world.observed.requests).toHaveLength(1);
  });

  it('by ending the loop ends its run', async () => {
    const world = new ServiceWorld({ a: model(1) });
    const caller = { keyId: 'k', dialect: 'openai', priority: 'interactive' } as const;
    const chunks = world.service.run(rawTask('Hi', { model: 'a' }), caller, NEVER);
    const first = chunks.next();
    await settled();
    world.lastRunOf('a').say('Hel');
    await first;
    await chunks.return();
    expect(world.lastRunOf('a').aborted).toBe(true);
    expect(world.queueOf('a')).toEqual(IDLE);
    expect(world.observed.requests).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('before it came is not let in', async () => {
    const world = new ServiceWorld({ a: model(1) });
    const gone = new AbortController();
    gone.abort();
    const caller = { keyId: 'k', dialect: 'openai', priority: 'interactive' } as const;
    const chunks = world.service.run(rawTask('Hi', { model: 'a' }), caller, gone.signal);
    expect((await errorOf(chunks.next())).code).toBe('cancelled');
    expect(world.runners).toHaveLength(0);
  });
});
