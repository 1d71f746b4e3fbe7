import { describe, expect, it } from 'vitest';
import { backends } from '../support/stores.js';
import { errorOf } from './support/errors.js';
import { resultOf } from './support/queue-runs.js';
import { ANNA, askerOf, payloadOf, REPLY, worldsOn } from './support/queue-world.js';

/** Looks for jobs of dead workers often, so that the test need not wait; a healthy worker keeps its own all the same. */
const WATCHFUL = { stalledInterval: 200 };

describe.each(backends)('jobs that outlive a process, on $name', (backend) => {
  const world = worldsOn(backend);

  it('wait through a restart, in their order', async () => {
    const services = await world();
    const before = await services.process();
    const ids: string[] = [];
    for (const name of ['a', 'b']) ids.push((await before.pull(name, askerOf(ANNA, { isAwaited: false }))).id);
    ids.push((await before.pull('c')).id);
    const after = await services.restart();
    expect(await after.records.unfinished()).toBe(3);
    expect((await after.records.list(ANNA, { kind: null, state: 'queued', limit: 9 })).length).toBe(3);
    const runs = after.work({ concurrency: 1 });
    for (let run = 0; run < 3; run++) (await runs.next()).finish();
    for (const id of ids) expect(await after.done(id)).toMatchObject({ state: 'completed', attempts: 1 });
    expect(runs.names).toEqual(['c', 'a', 'b']);
  });

  it('keep their results through a restart', async () => {
    const services = await world();
    const before = await services.process();
    const { id } = await before.pull('a');
    (await before.work().next()).finish();
    const done = await before.done(id);
    const after = await services.restart();
    expect(await after.records.find(id, ANNA)).toEqual(done);
    expect(await after.records.resultOf(id, ANNA)).toEqual({ reply: REPLY, result: resultOf(payloadOf('a')) });
  });

  it('go back into the queue when their process is told to end, and are done by the next', async () => {
    const services = await world();
    const before = await services.process();
    const { id } = await before.pull('a');
    const run = await before.work().next();
    const after = await services.restart();
    expect(run.signal.reason).toMatchObject({ code: 'overloaded' });
    expect(await before.metrics.registry.metrics()).toMatch(
      /^parley_jobs_total\{kind="pull",outcome="put back"\} [1-9]/m,
    );
    expect(await after.records.find(id, ANNA)).toMatchObject({ state: 'queued', error: null, finishedAt: null });
    (await after.work().next()).finish();
    expect(await after.done(id)).toMatchObject({ state: 'completed', error: null });
    expect((await after.bullJob(id)).attemptsMade).toBe(1); // of the one that a job has which somebody waits for
  });

  it('are finished by another worker when theirs is killed', async () => {
    const services = await world();
    const before = await services.process();
    const { id } = await before.pull('a');
    const after = await services.workAndDie();
    const runs = after.work(WATCHFUL);
    const run = await runs.next();
    expect(run.payload).toEqual(payloadOf('a'));
    run.finish();
    expect(await after.done(id)).toMatchObject({ state: 'completed', attempts: 2, error: null });
    expect(runs.all).toHaveLength(1);
  });

  it('fail when they have lost too many processes', async () => {
    const services = await world();
    const before = await services.process();
    const { id } = await before.pull('a');
    const after = await services.workAndDie();
    const runs = after.work({ ...WATCHFUL, maxStalledCount: 0 });
    expect(await errorOf(after.done(id))).toMatchObject({
      code: 'runner_crashed',
      message: 'The processes that worked on the job ended under it, again and again.',
    });
    expect(await after.records.find(id, ANNA)).toMatchObject({ state: 'failed' });
    expect(runs.all).toHaveLength(0);
  });

  it('end as cancelled when they were cancelled after their process was killed', async () => {
    const services = await world();
    const before = await services.process();
    const { id } = await before.pull('a');
    const after = await services.workAndDie();
    expect(await after.jobs.cancel(id, ANNA)).toMatchObject({ state: 'cancelled', finishedAt: null });
    const runs = after.work(WATCHFUL);
    await after.following.untilStopped(id, ANNA, new AbortController().signal);
    expect(await after.records.find(id, ANNA)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(runs.all).toHaveLength(0);
  });

  it('are followed from a process that does not work on them', async () => {
    const services = await world();
    const [asking, working] = [await services.process(), await services.process()];
    const { id } = await asking.pull('a');
    const seen: (string | number | undefined)[] = [];
    const following = (async () => {
      for await (const { state, progress } of asking.following.follow(id, ANNA, new AbortController().signal)) {
        seen.push(state, progress?.done);
      }
    })();
    const run = await working.work().next();
    run.report(5, 5, 'files');
    run.finish();
    await following;
    expect(seen.slice(-2)).toEqual(['completed', 5]);
    expect(await asking.records.resultOf(id, ANNA)).toMatchObject({ result: resultOf(payloadOf('a')) });
    expect(asking.running.count).toBe(0);
  });

  it('are shared by two workers', async () => {
    const services = await world();
    const [one, two] = [await services.process(), await services.process()];
    const ids = [(await one.pull('a')).id, (await one.pull('b')).id];
    const [here, there] = [one.work({ concurrency: 1 }), two.work({ concurrency: 1 })];
    const runs = [await here.next(), await there.next()];
    expect([...here.names, ...there.names].sort()).toEqual(['a', 'b']);
    for (const run of runs) run.finish();
    for (const id of ids) expect(await two.done(id)).toMatchObject({ state: 'completed', attempts: 1 });
  });

  it('do not keep a process from ending that has only just begun', async () => {
    const services = await world();
    await services.process();
    for (let time = 0; time < 5; time++) {
      const service = await services.restart();
      service.work();
    }
    const { id } = await (await services.process()).pull('a');
    expect(id).toMatch(/^pull_/);
  });
});
