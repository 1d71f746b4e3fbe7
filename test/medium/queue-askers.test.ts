import { describe, expect, it } from 'vitest';
import type { JobState } from '../../src/jobs/core/job.js';
import type { JobFilter } from '../../src/jobs/core/job-records.js';
import { backends } from '../support/stores.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';
import { ANNA, askerOf, BERT, payloadOf, worldsOn, REPLY } from './support/queue-world.js';

const ALL: JobFilter = { kind: null, state: null, limit: 100 };
const KEYED = askerOf(ANNA, { idempotencyKey: 'once' });

describe.each(backends)('who asks for jobs on $name', (backend) => {
  const world = worldsOn(backend);

  it('sees the own jobs, the newest first', async () => {
    const service = await (await world()).process();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      ids.unshift((await service.pull(name)).id);
      // Jobs are ordered by the millisecond they were asked for in.
      const asked = Date.now();
      await until('the next millisecond', () => Date.now() > asked || undefined);
    }
    const launch = await service.jobs.submit('launch', { model: 'a', contextSize: null }, REPLY, askerOf(ANNA));
    await service.pull('d', askerOf(BERT));
    expect((await service.records.list(ANNA, ALL)).map(({ id }) => id)).toEqual([launch.id, ...ids]);
    expect((await service.records.list(ANNA, { ...ALL, limit: 2 })).map(({ id }) => id)).toEqual([launch.id, ids[0]]);
    expect((await service.records.list(ANNA, { ...ALL, kind: 'pull' })).map(({ id }) => id)).toEqual(ids);
    expect((await service.records.list(ANNA, { ...ALL, kind: 'launch' })).map(({ id }) => id)).toEqual([launch.id]);
    expect(await service.records.list(BERT, ALL)).toHaveLength(1);
    expect(await service.records.list('nobody', ALL)).toEqual([]);
  });

  it('finds jobs by how they stand', async () => {
    const service = await (await world()).process();
    const runs = service.work({ concurrency: 1 });
    const completed = await service.pull('a');
    (await runs.next()).finish();
    await service.done(completed.id);
    const failed = await service.pull('b');
    (await runs.next()).fail(new Error('broken'));
    await errorOf(service.done(failed.id));
    const active = await service.pull('c');
    await runs.next();
    const cancelled = await service.pull('d');
    await service.jobs.cancel(cancelled.id, ANNA);
    const queued = await service.pull('e');
    const found = Object.entries({ completed, failed, active, cancelled, queued });
    for (const [state, { id }] of found) {
      const views = await service.records.list(ANNA, { ...ALL, state: state as JobState });
      expect({ state, ids: views.map((view) => view.id) }).toEqual({ state, ids: [id] });
    }
    expect(await service.records.list(ANNA, ALL)).toHaveLength(5);
  });

  it('never sees or touches the jobs of another', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const attempts = [
      () => service.records.find(id, BERT),
      () => service.records.resultOf(id, BERT),
      () => service.jobs.cancel(id, BERT),
      () => service.jobs.remove(id, BERT),
      () => service.done(id, BERT),
    ];
    for (const attempt of attempts) {
      expect(await errorOf(attempt())).toMatchObject({ code: 'job_not_found', message: `There is no job "${id}".` });
    }
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'queued' });
  });

  it('finds no job under an id that is none', async () => {
    const service = await (await world()).process();
    for (const id of ['', 'pull', 'pull_', 'pull_0123', 'launch_0123', 'toString_1', 'wait_1', '💥']) {
      expect({ id, code: (await errorOf(service.records.find(id, ANNA))).code }).toEqual({ id, code: 'job_not_found' });
    }
  });

  it('gets the same job for the same Idempotency-Key, waiting, active or done', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a', KEYED);
    expect(await service.pull('a', KEYED)).toMatchObject({ id, state: 'queued' });
    const runs = service.work();
    const run = await runs.next();
    expect(await service.pull('a', KEYED)).toMatchObject({ id, state: 'active' });
    run.finish();
    await service.done(id);
    expect(await service.pull('a', KEYED)).toMatchObject({ id, state: 'completed' });
    expect(await service.records.unfinished()).toBe(0);
    expect(await service.records.list(ANNA, ALL)).toHaveLength(1);
  });

  it('gets one job for several requests at once with the same Idempotency-Key', async () => {
    const service = await (await world()).process();
    const views = await Promise.all(Array.from({ length: 8 }, () => service.pull('a', KEYED)));
    expect(new Set(views.map(({ id }) => id)).size).toBe(1);
    expect(await service.records.unfinished()).toBe(1);
  });

  it('may not use an Idempotency-Key for something else', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a', KEYED);
    const refusal = { code: 'invalid_request', param: 'Idempotency-Key' };
    expect(await errorOf(service.pull('b', KEYED))).toMatchObject(refusal);
    expect(await errorOf(service.jobs.submit('pull', payloadOf('a'), 'another.reply', KEYED))).toMatchObject(refusal);
    (await service.work().next()).finish();
    await service.done(id);
    expect(await errorOf(service.pull('b', KEYED))).toMatchObject(refusal);
  });

  it('shares an Idempotency-Key neither with another key nor with another kind of job', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a', KEYED);
    const another = await service.pull('b', { ...KEYED, keyId: BERT });
    const launch = await service.jobs.submit('launch', { model: 'a', contextSize: 7 }, REPLY, KEYED);
    expect(new Set([id, another.id, launch.id]).size).toBe(3);
  });

  it('gets another job for what was cancelled, with the same Idempotency-Key', async () => {
    const service = await (await world()).process();
    const runs = service.work();
    const first = await service.pull('a', KEYED);
    (await runs.next()).linger();
    await service.jobs.cancel(first.id, ANNA);
    const second = await service.pull('b', KEYED); // what was cancelled may still be stopping
    expect(second.error).toBeNull();
    expect(await service.pull('b', KEYED)).toMatchObject({ id: second.id });
    expect((await errorOf(service.pull('a', KEYED))).code).toBe('invalid_request');
    (await runs.next()).finish();
    expect(await service.done(second.id)).toMatchObject({ state: 'completed', attempts: 1 });
    expect(await service.records.find(first.id, ANNA)).toMatchObject({ state: 'cancelled' });
    expect(second.id).not.toBe(first.id);
  });
});
