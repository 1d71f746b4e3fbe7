import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { BANDS } from '../../src/jobs/core/ledger/job-line.js';
import { createJobLedger } from '../../src/jobs/core/ledger/ledger.providers.js';
import { backends } from '../support/stores.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';
import { ANNA, askerOf, BERT, worldsOn, type QueueProcess } from './support/queue-world.js';
import type { Runs } from './support/queue-runs.js';

const CARL = 'carl';
const later = (keyId: string): ReturnType<typeof askerOf> => askerOf(keyId, { isAwaited: false });

/** The names of jobs in the order in which one worker begins them. */
async function orderOf(runs: Runs, count: number): Promise<string[]> {
  for (let at = 0; at < count; at++) (await runs.next()).finish();
  return runs.names;
}

async function fill(service: QueueProcess, keyId: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, at) => service.pull(`${keyId}${String(at)}`, later(keyId))));
}

describe.each(backends)('shares of the job queue on $name', (backend) => {
  const world = worldsOn(backend);

  it('leave room for every key, however many jobs another one has', async () => {
    const worlds = await world({ MAX_JOBS: '64' });
    const [service, another] = [await worlds.process(), await worlds.process()];
    await fill(service, ANNA, 48);
    const refused = await errorOf(another.pull('more', later(ANNA)));
    expect(refused).toMatchObject({ code: 'overloaded', retryAfterSeconds: 30 });
    expect(refused.message).toContain('its share');
    for (const keyId of [BERT, CARL]) await another.pull(keyId, later(keyId));
    // A key that is alone because none is configured has all places.
    await fill(service, 'anonymous', 14);
    expect((await errorOf(service.pull('x', later(CARL)))).message).toBe('Too many jobs of this kind wait: 64.');
  });

  it('let keys take turns, whoever asked first', async () => {
    const service = await (await world()).process();
    await fill(service, ANNA, 6);
    for (const name of ['b1', 'b2']) await service.pull(name, later(BERT));
    await service.pull('c1', later(CARL));
    const order = await orderOf(service.work({ concurrency: 1 }), 9);
    const place = (name: string): number => order.indexOf(name);
    expect(place('b1')).toBeLessThan(3);
    expect(place('c1')).toBeLessThan(3);
    expect(place('b2')).toBeLessThan(6);
    expect(order.slice(6).every((name) => name.startsWith(ANNA))).toBe(true);
  });

  it('serve awaited jobs before detached ones, of whichever key', async () => {
    const service = await (await world()).process();
    for (const name of ['a1', 'a2']) await service.pull(name, later(ANNA));
    for (const name of ['w1', 'w2']) await service.pull(name, askerOf(ANNA));
    await service.pull('w3', askerOf(BERT));
    const order = await orderOf(service.work({ concurrency: 1 }), 5);
    expect(order.slice(0, 3).sort()).toEqual(['w1', 'w2', 'w3']);
    expect(order.slice(3)).toEqual(['a1', 'a2']);
  });

  it('do not let a key that always has one job starve another one', async () => {
    const service = await (await world()).process();
    await fill(service, ANNA, 3);
    const runs = service.work({ concurrency: 1 });
    for (const name of ['b1', 'b2', 'b3']) {
      const run = await runs.next();
      await service.pull(name, later(BERT));
      run.finish();
    }
    for (let left = 0; left < 3; left++) (await runs.next()).finish();
    const placesOfAnna = runs.names.flatMap((name, at) => (name.startsWith(ANNA) ? [at] : []));
    expect(placesOfAnna[1]).toBeLessThanOrEqual(2);
    expect(placesOfAnna[2]).toBeLessThanOrEqual(4);
  });

  it('count no cancelled job, neither as waiting nor in the measured time', async () => {
    const service = await (await world({ MAX_JOBS: '2' })).process();
    const first = await service.pull('a', later(ANNA));
    const second = await service.pull('b', later(ANNA));
    expect((await errorOf(service.pull('c', later(BERT)))).code).toBe('overloaded');
    await service.jobs.cancel(first.id, ANNA);
    expect(await service.records.find(first.id, ANNA)).toMatchObject({ state: 'cancelled', startedAt: null });
    expect((await service.records.find(first.id, ANNA)).finishedAt).not.toBeNull();
    expect(await service.records.find(second.id, ANNA)).toMatchObject({ position: 1 });
    await service.pull('c', later(BERT));
    // Nothing has run: a cancelled job says nothing of how long one takes.
    expect(await errorOf(service.pull('d', later(BERT)))).toMatchObject({ retryAfterSeconds: 30 });
  });

  it('keep a job its turn when it is tried again', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a', later(ANNA));
    const runs = service.work({ concurrency: 1 });
    const run = await runs.next();
    await fill(service, ANNA, 3);
    run.fail(new ParleyError('timeout', 'Once more.'));
    const second = await runs.next();
    const tried = await until('the delay', async () => {
      const job = await service.bullJob(id);
      return (await job.isDelayed()) ? job : undefined;
    });
    await tried.promote(); // its delay is over
    second.finish();
    (await runs.next()).finish();
    await service.done(id);
    expect(runs.names[2]).toBe('a');
  });

  it('begin anew when turns run out, and lose no order', async () => {
    const service = await (await world()).process();
    const { line } = createJobLedger(service.queues.store);
    const { first, last } = BANDS.detached;
    const [one, two] = [await service.pull('a1', later(ANNA)), await service.pull('a2', later(ANNA))];
    await (await service.bullJob(one.id)).changePriority({ priority: last - 1 });
    await (await service.bullJob(two.id)).changePriority({ priority: last });
    const place = { kind: 'pull', keyId: BERT, band: 'detached', maxWaiting: 100, shared: true } as const;
    const ids = [1, 2, 3, 4].map((number) => `pull_${String(number).padStart(24, '0')}`);
    const entry = await line.enter({ ...place, ids });
    const priorities = entry.refused === null ? entry.priorities : [];
    expect(priorities).toEqual([first, first + 1, first + 2, first + 3]);
    expect(await service.records.find(one.id, ANNA)).toMatchObject({ position: 1 });
    expect(await service.records.find(two.id, ANNA)).toMatchObject({ position: 2 });
    expect((await service.bullJob(two.id)).priority).toBeLessThan(first + 3);
  });
});
