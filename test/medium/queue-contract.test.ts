import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { hasExpired, type JobView } from '../../src/jobs/core/job.js';
import { backends } from '../support/stores.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';
import { ANNA, askerOf, patience, payloadOf, worldsOn, REPLY } from './support/queue-world.js';
import { resultOf } from './support/queue-runs.js';

const LATER = askerOf(ANNA, { isAwaited: false });

describe.each(backends)('jobs on $name', (backend) => {
  const world = worldsOn(backend);

  it('are done by a worker, and keep what it returned', async () => {
    const service = await (await world()).process();
    const asked = await service.pull('a');
    expect(asked).toMatchObject({ kind: 'pull', state: 'queued', position: 1, attempts: 0, progress: null });
    expect(asked).toMatchObject({ startedAt: null, finishedAt: null, error: null, expiresAt: null });
    expect(asked.id).toMatch(/^pull_[0-9a-f]{24}$/);
    const run = await service.work().next();
    expect(run.payload).toEqual(payloadOf('a'));
    expect(await service.records.find(asked.id, ANNA)).toMatchObject({ state: 'active', position: null, attempts: 1 });
    run.finish();
    const done = await service.done(asked.id);
    expect(done).toMatchObject({ id: asked.id, state: 'completed', attempts: 1, error: null });
    expect(done.startedAt).toBeGreaterThanOrEqual(asked.createdAt);
    expect(done.finishedAt).toBeGreaterThanOrEqual(done.startedAt ?? Infinity);
    expect(await service.records.resultOf(asked.id, ANNA)).toEqual({ reply: REPLY, result: resultOf(payloadOf('a')) });
    expect(await service.records.unfinished()).toBe(0);
  });

  it('are counted and timed', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const run = await service.work().next();
    const during = await service.metrics.registry.metrics();
    expect(during).toContain('parley_jobs_running{kind="pull"} 1\n');
    run.finish();
    await service.done(id);
    const after = await service.metrics.registry.metrics();
    expect(after).toContain('parley_jobs_running{kind="pull"} 0\n');
    expect(after).toContain('parley_jobs_total{kind="pull",outcome="completed"} 1\n');
    expect(after).toContain('parley_job_queue_time_seconds_count{kind="pull"} 1\n');
    expect(after).toContain('parley_job_duration_seconds_count{kind="pull"} 1\n');
  });

  it('have a place in the queue; those that a client waits for go before the others', async () => {
    const service = await (await world()).process();
    const ids: string[] = [];
    for (const [name, asker] of Object.entries({ a: LATER, b: LATER, c: askerOf(ANNA), d: askerOf(ANNA) })) {
      ids.push((await service.pull(name, asker)).id);
    }
    const positions = await Promise.all(ids.map(async (id) => (await service.records.find(id, ANNA)).position));
    expect(positions).toEqual([3, 4, 1, 2]);
    expect(await service.records.unfinished()).toBe(4);
    const runs = service.work({ concurrency: 1 });
    (await runs.next()).finish();
    const second = await runs.next();
    const left = await Promise.all(ids.map(async (id) => (await service.records.find(id, ANNA)).position));
    expect(left).toEqual([1, 2, null, null]);
    second.finish();
    for (let more = 0; more < 2; more++) (await runs.next()).finish();
    await Promise.all(ids.map((id) => service.done(id)));
    expect(runs.names).toEqual(['c', 'd', 'a', 'b']);
  });

  it('are done as many at a time as the kind allows', async () => {
    const service = await (await world()).process();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.push((await service.pull(name)).id);
    const runs = service.work();
    const begun = [await runs.next(), await runs.next(), await runs.next(), await runs.next()];
    const last = ids.at(-1) ?? '';
    expect(await service.records.find(last, ANNA)).toMatchObject({ state: 'queued', position: 1 });
    begun[0]?.finish();
    begun.push(await runs.next());
    for (const run of begun) run.finish();
    await Promise.all(ids.map((id) => service.done(id)));
    expect(runs.all).toHaveLength(5);
  });

  it('tell how far they are, and for how long they still go on', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const views: JobView[] = [];
    const following = (async () => {
      for await (const view of service.following.follow(id, ANNA, patience())) views.push(view);
    })();
    await until('the first look', () => views[0]);
    const run = await service.work().next();
    run.report(0, 80, 'bytes');
    await until('the first report', () => views.find(({ progress }) => progress?.done === 0));
    // Reports in quick succession are not all stored: one will be.
    const told = await until('an estimate', () => {
      run.report(20, 80, 'bytes');
      return views.find(({ progress }) => progress?.done === 20);
    });
    expect(told.progress).toMatchObject({ done: 20, total: 80, unit: 'bytes' });
    expect(told.progress?.remainingSeconds).toBeGreaterThanOrEqual(1);
    run.report(70, 80, 'bytes'); // too soon for a report of its own, but the end comes after it
    run.finish();
    await following;
    const states = views.map(({ state }) => state);
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['queued', 'active', 'completed']);
    expect(views.at(-1)?.progress).toMatchObject({ done: 70, total: 80 });
  });

  it('stop being followed when the client leaves, and go on', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const run = await service.work().next();
    const client = new AbortController();
    const waiting = errorOf(service.following.untilDone(id, ANNA, client.signal));
    client.abort();
    expect((await waiting).code).toBe('cancelled');
    run.finish();
    expect((await service.done(id)).state).toBe('completed');
  });

  it('fail with the code, the message and the field of what went wrong', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const runs = service.work();
    const details = { param: 'model', retryAfterSeconds: 7 };
    (await runs.next()).fail(new ParleyError('insufficient_storage', 'The disk is full.', details));
    const thrown = await errorOf(service.done(id));
    const error = { code: 'insufficient_storage', message: 'The disk is full.', ...details };
    expect(thrown).toMatchObject(error);
    const view = await service.records.find(id, ANNA);
    expect(view).toMatchObject({ state: 'failed', attempts: 1, position: null, expiresAt: null, error });
    expect(view.finishedAt).not.toBeNull();
    expect(runs.all).toHaveLength(1);
  });

  it('fail without telling the inside of what nobody expected', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const runs = service.work();
    (await runs.next()).fail(new TypeError('cannot read /srv/secret'));
    expect(await errorOf(service.done(id))).toMatchObject({ code: 'internal', message: 'Internal error.' });
    expect((await service.records.find(id, ANNA)).attempts).toBe(1);
  });

  it('fail at once for who waits, also when trouble may pass', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const runs = service.work();
    (await runs.next()).fail(new ParleyError('overloaded', 'Too much.', { retryAfterSeconds: 3 }));
    const error = { code: 'overloaded', message: 'Too much.', retryAfterSeconds: 3 };
    expect(await errorOf(service.done(id))).toMatchObject(error);
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'failed', attempts: 1, error });
    expect(runs.all).toHaveLength(1);
  });

  it('are tried again after a while when trouble may pass and nobody waits', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a', LATER);
    const runs = service.work();
    (await runs.next()).fail(new ParleyError('timeout', 'The hub is slow.'));
    await until('the back-off', async () => (await (await service.bullJob(id)).isDelayed()) || undefined);
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'queued', error: null, finishedAt: null });
    const second = await runs.next();
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'active', attempts: 2 });
    second.finish();
    expect(await service.done(id)).toMatchObject({ state: 'completed', attempts: 2, error: null });
  });

  it('fail with the last trouble when it does not pass, after longer and longer waits', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a', LATER);
    const runs = service.work();
    const delays: number[] = [];
    for (const message of ['first', 'second']) {
      (await runs.next()).fail(new ParleyError('overloaded', message, { retryAfterSeconds: 3 }));
      await until('the back-off', async () => (await (await service.bullJob(id)).isDelayed()) || undefined);
      const job = await service.bullJob(id);
      delays.push(job.delay);
      await job.promote(); // the test need not wait
    }
    (await runs.next()).fail(new ParleyError('overloaded', 'third', { retryAfterSeconds: 3 }));
    expect(await errorOf(service.done(id))).toMatchObject({ code: 'overloaded', message: 'third' });
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'failed', attempts: 3 });
    expect(delays).toEqual([2000, 4000]);
    expect(runs.all).toHaveLength(3);
  });

  it('keep their results for as long as RESULT_TTL says', async () => {
    const service = await (await world({ RESULT_TTL: '60' })).process();
    const { id } = await service.pull('a');
    (await service.work().next()).finish();
    const view = await service.done(id);
    const end = (view.finishedAt ?? 0) + 60_000;
    expect(view.expiresAt).toBe(end);
    expect([hasExpired(view, end - 1), hasExpired(view, end)]).toEqual([false, true]);
    const { opts } = await service.bullJob(id);
    expect(opts.removeOnComplete).toMatchObject({ age: 60 + 86_400 });
  });
});
