import { describe, expect, it } from 'vitest';
import type { JobFilter } from '../../src/jobs/core/job-records.js';
import type { PullPayload } from '../../src/jobs/kinds/kinds.js';
import { createJobLedger } from '../../src/jobs/core/ledger/ledger.providers.js';
import type { StoredJob } from '../../src/jobs/core/job.js';
import { backends } from '../support/stores.js';
import { ANNA, askerOf, BERT, payloadOf, REPLY, worldsOn, type QueueProcess } from './support/queue-world.js';

const ALL: JobFilter = { kind: null, state: null, limit: 100 };
const MANY = 3000;

/** As versions without lists and turns queued jobs: 1 awaited, 10 detached. Returns their ids, the newest first. */
async function addLegacy(service: QueueProcess, keyId: string, count: number, stays = true): Promise<string[]> {
  const now = Date.now() - count;
  const jobs = Array.from({ length: count }, (_, at) => {
    const jobId = `pull_${keyId === ANNA ? 'a' : 'b'}${String(at).padStart(23, '0')}`;
    const payload: PullPayload = payloadOf(`model-${String(at)}`);
    const data: StoredJob<'pull'> = { keyId, reply: REPLY, payload, fingerprint: 'f', stays };
    return { name: 'pull', data, opts: { jobId, priority: stays ? 10 : 1, timestamp: now + at } };
  });
  for (let at = 0; at < jobs.length; at += 500) {
    await service.queues.use('pull', (queue) => queue.addBulk(jobs.slice(at, at + 500)));
  }
  return jobs.map(({ opts }) => opts.jobId).reverse();
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

describe.each(backends)('a list of jobs on $name', (backend) => {
  const world = worldsOn(backend);

  it('costs a key nothing for the jobs of another', async () => {
    const service = await (await world({ MAX_JOBS: '10000' })).process();
    await service.pull('warm', askerOf(BERT));
    await service.records.list(BERT, ALL);
    const alone = await seconds(() => service.records.list(BERT, ALL));
    await addLegacy(service, ANNA, MANY);
    await service.pull('own', askerOf(BERT));
    let views: unknown[] = [];
    const beside = await seconds(async () => (views = await service.records.list(BERT, ALL)));
    expect(views).toHaveLength(2);
    expect(await service.records.list('nobody', ALL)).toEqual([]);
    // 3,000 jobs of another key, read one by one, take seconds.
    expect(beside).toBeLessThan(Math.max(0.25, 20 * alone));
  }, 60_000);

  it('reads as many of the own jobs as are asked for, and their positions at once', async () => {
    const service = await (await world()).process();
    const ids = await addLegacy(service, ANNA, MANY, false);
    await service.records.list(ANNA, { ...ALL, limit: 1 }); // enters the jobs of older versions
    let views: { id: string; position: number | null }[] = [];
    const few = await seconds(async () => (views = await service.records.list(ANNA, { ...ALL, limit: 60 })));
    expect(views.map(({ id }) => id)).toEqual(ids.slice(0, 60));
    expect(views.map(({ position }) => position)).toEqual(Array.from({ length: 60 }, (_, at) => MANY - at));
    expect(await service.records.find(ids[0] ?? '', ANNA)).toMatchObject({ position: MANY });
    const one = await seconds(() => service.records.find(ids[0] ?? '', ANNA));
    expect(few).toBeLessThan(Math.max(1, 60 * one));
  }, 60_000);

  it('has every job once, through all pages, and finds those of a kind or state behind many others', async () => {
    const service = await (await world({ MAX_JOBS: '1000' })).process();
    const first = await service.pull('first');
    await service.jobs.cancel(first.id, ANNA);
    const launch = await service.jobs.submit('launch', { model: 'a', contextSize: null }, REPLY, askerOf(ANNA));
    const ids: string[] = [];
    for (let at = 0; at < 130; at++) ids.push((await service.pull(`m${String(at)}`)).id);
    const listed = (await service.records.list(ANNA, { ...ALL, limit: 1000 })).map(({ id }) => id);
    expect(listed).toHaveLength(132);
    expect(new Set(listed)).toEqual(new Set([...ids, first.id, launch.id]));
    const cancelled = await service.records.list(ANNA, { ...ALL, state: 'cancelled' });
    expect(cancelled.map(({ id }) => id)).toEqual([first.id]);
    const launches = await service.records.list(ANNA, { ...ALL, kind: 'launch' });
    expect(launches.map(({ id }) => id)).toEqual([launch.id]);
    await service.jobs.remove(first.id, ANNA);
    expect(await service.records.list(ANNA, { ...ALL, limit: 1000 })).toHaveLength(131);
  }, 60_000);

  it('has no job whose process died before it was added', async () => {
    const service = await (await world()).process();
    const { index } = createJobLedger(service.queues.store);
    const { id } = await service.pull('a');
    await index.add(ANNA, ['pull_00000000000000000000dead'], Date.now() - 120_000);
    await index.add(ANNA, ['pull_00000000000000000000beef'], Date.now());
    for (let look = 0; look < 2; look++) {
      expect((await service.records.list(ANNA, ALL)).map((view) => view.id)).toEqual([id]);
    }
  });

  it('keeps detached jobs of the version before behind those that are awaited now', async () => {
    const worlds = await world();
    const before = await worlds.process();
    const [old] = await addLegacy(before, ANNA, 1);
    const service = await worlds.restart();
    const listed = await service.records.list(ANNA, ALL);
    expect(listed.map(({ id, position }) => ({ id, position }))).toEqual([{ id: old, position: 1 }]);
    const awaited = await service.pull('now', askerOf(BERT));
    expect(await service.records.find(awaited.id, BERT)).toMatchObject({ position: 1 });
    expect(await service.records.find(old ?? '', ANNA)).toMatchObject({ position: 2 });
  });
});
