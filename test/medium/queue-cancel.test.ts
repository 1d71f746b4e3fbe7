import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { backends } from '../support/stores.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';
import { ANNA, askerOf, BERT, patience, payloadOf, REPLY, worldsOn, type QueueProcess } from './support/queue-world.js';

const CANCELLED = { code: 'cancelled', message: 'The job was cancelled.' };
const ALL = { kind: null, state: null, limit: 100 };

/** Resolves once no worker has anything more to do with a job. */
async function untilOver(service: QueueProcess, id: string): Promise<void> {
  await until('the end of the job', async () => (await service.records.find(id, ANNA)).finishedAt ?? undefined);
}

describe.each(backends)('ending jobs on $name', (backend) => {
  const world = worldsOn(backend);

  it('never begins one that was cancelled while it waited', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const after = await service.pull('b');
    const cancelled = { state: 'cancelled', position: null, error: CANCELLED, startedAt: null, expiresAt: null };
    expect(await service.jobs.cancel(id, ANNA)).toMatchObject(cancelled);
    expect(await errorOf(service.done(id))).toMatchObject(CANCELLED);
    const runs = service.work({ concurrency: 1 });
    (await runs.next()).finish();
    await service.done(after.id);
    expect(runs.names).toEqual(['b']);
    await untilOver(service, id);
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'cancelled', error: CANCELLED, attempts: 0 });
    expect(await service.records.unfinished()).toBe(0);
  });

  it('aborts the work of one that is active, and does not try it again', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const runs = service.work();
    const run = await runs.next();
    const waiting = errorOf(service.done(id));
    expect(await service.jobs.cancel(id, ANNA)).toMatchObject({ state: 'cancelled', error: CANCELLED });
    expect(await waiting).toMatchObject(CANCELLED);
    await until('the abort', () => run.signal.aborted || undefined);
    expect(run.signal.reason).toMatchObject(CANCELLED);
    await service.following.untilStopped(id, ANNA, patience());
    const view = await service.records.find(id, ANNA);
    expect(view).toMatchObject({ state: 'cancelled', error: CANCELLED, attempts: 1, expiresAt: null });
    expect(view.finishedAt).not.toBeNull();
    expect(runs.all).toHaveLength(1);
    expect(await service.metrics.registry.metrics()).toContain(
      'parley_jobs_total{kind="pull",outcome="cancelled"} 1\n',
    );
  });

  it('aborts the work of a job in another process', async () => {
    const services = await world();
    const [asking, working] = [await services.process(), await services.process()];
    const { id } = await asking.pull('a');
    const run = await working.work().next();
    await asking.jobs.cancel(id, ANNA);
    await until('the abort', () => run.signal.aborted || undefined);
    await asking.following.untilStopped(id, ANNA, patience());
    expect(await asking.records.find(id, ANNA)).toMatchObject({ state: 'cancelled' });
  });

  it('aborts the work even when the news of it is lost', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const run = await service.work().next();
    const job = await service.bullJob(id);
    await job.updateData({ ...job.data, cancelled: true }); // and nothing is announced
    await until('the abort', () => run.signal.aborted || undefined);
    expect(await errorOf(service.done(id))).toMatchObject(CANCELLED);
  });

  it('waits for what takes its time to stop', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const run = await service.work().next();
    run.linger();
    await service.jobs.cancel(id, ANNA);
    const stopped = service.following.untilStopped(id, ANNA, patience()).then(() => 'stopped');
    await until('the abort', () => run.signal.aborted || undefined);
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'cancelled', finishedAt: null });
    run.fail(new ParleyError('timeout', 'It went wrong meanwhile.'));
    expect(await stopped).toBe('stopped');
    // What it says in the end does not matter: it was cancelled.
    expect(await service.records.find(id, ANNA)).toMatchObject({ state: 'cancelled', error: CANCELLED, attempts: 1 });
  });

  it('removes one that was cancelled as soon as it has stopped', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    const run = await service.work().next();
    run.linger();
    await service.jobs.cancel(id, ANNA);
    await until('the abort', () => run.signal.aborted || undefined);
    const removed = service.jobs.remove(id, ANNA).then(() => 'removed');
    run.obey();
    expect(await removed).toBe('removed');
    expect((await errorOf(service.records.find(id, ANNA))).code).toBe('job_not_found');
  });

  it('leaves one alone that has ended', async () => {
    const service = await (await world()).process();
    const [good, bad] = [await service.pull('a'), await service.pull('b')];
    const runs = service.work({ concurrency: 1 });
    (await runs.next()).finish();
    (await runs.next()).fail(new ParleyError('forbidden', 'Not for you.'));
    const completed = await service.done(good.id);
    await errorOf(service.done(bad.id));
    const failed = await service.records.find(bad.id, ANNA);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'forbidden' } });
    expect(await service.jobs.cancel(good.id, ANNA)).toEqual(completed);
    expect(await service.jobs.cancel(bad.id, ANNA)).toEqual(failed);
  });

  it('removes one that has ended, and nothing of it is left', async () => {
    const service = await (await world()).process();
    const { id } = await service.pull('a');
    (await service.work().next()).finish();
    await service.done(id);
    await service.jobs.remove(id, ANNA);
    const questions = [service.records.find(id, ANNA), service.records.resultOf(id, ANNA), service.done(id)].map(
      errorOf,
    );
    for (const { code } of await Promise.all(questions)) expect(code).toBe('job_not_found');
    expect(await service.records.list(ANNA, ALL)).toEqual([]);
  });

  it('removes one that was cancelled before a worker met it, and no worker meets it any more', async () => {
    const service = await (await world()).process();
    const [first, second] = [await service.pull('a'), await service.pull('b')];
    await service.jobs.cancel(first.id, ANNA);
    await service.jobs.remove(first.id, ANNA);
    expect(await service.records.unfinished()).toBe(1);
    const runs = service.work();
    (await runs.next()).finish();
    await service.done(second.id);
    expect(runs.names).toEqual(['b']);
  });

  it('ends every job that is meant, waiting or active, whoever asked for it', async () => {
    const service = await (await world()).process();
    const active = await service.pull('a');
    const run = await service.work({ concurrency: 1 }).next();
    const waiting = await service.pull('a', askerOf(BERT, { isAwaited: false }));
    const other = await service.pull('b');
    const launch = await service.jobs.submit('launch', { model: 'a', contextSize: null }, REPLY, askerOf(ANNA));
    const ended = await service.jobs.cancelWhere('pull', ({ files }) => files.includes('a.gguf'));
    const found = ended.map(({ view, keyId }) => [view.id, view.state, keyId]).sort();
    expect(found).toEqual(
      [
        [active.id, 'cancelled', ANNA],
        [waiting.id, 'cancelled', BERT],
      ].sort(),
    );
    await until('the abort', () => run.signal.aborted || undefined);
    const left = [other.id, launch.id].map(async (id) => (await service.records.find(id, ANNA)).state);
    expect(await Promise.all(left)).not.toContain('cancelled');
    expect(run.payload).toEqual(payloadOf('a'));
    expect(await service.jobs.cancelWhere('pull', ({ name }) => name === 'nobody')).toEqual([]);
  });
});
