import { describe, expect, it } from 'vitest';
import { backends } from '../support/stores.js';
import { errorOf } from './support/errors.js';
import { ANNA, askerOf, BERT, REPLY, worldsOn } from './support/queue-world.js';

const BOUND = { MAX_JOBS: '2' };

describe.each(backends)('MAX_JOBS on $name', (backend) => {
  const world = worldsOn(backend);

  it('bounds the jobs of a kind that wait, whoever asks in whichever process, and not those at work', async () => {
    const bounded = await world(BOUND);
    const service = await bounded.process();
    const another = await bounded.process();
    const runs = service.work({ concurrency: 1 });
    const first = await service.pull('a');
    const run = await runs.next();
    await service.pull('b');
    await another.pull('c');
    for (const { pull } of [service, another].map((one) => ({ pull: () => one.pull('d', askerOf(BERT)) }))) {
      const refused = await errorOf(pull());
      expect(refused).toMatchObject({ code: 'overloaded', message: 'Too many jobs of this kind wait: 2.' });
      expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    }
    const launch = await service.jobs.submit('launch', { model: 'a', contextSize: null }, REPLY, askerOf(ANNA));
    expect(launch.state).toBe('queued');

    run.finish();
    await service.done(first.id);
    await runs.next();
    expect(await service.pull('d')).toMatchObject({ error: null });
    expect((await errorOf(service.pull('e'))).code).toBe('overloaded');
  });

  it('lets a request that is sent again find its job', async () => {
    const service = await (await world(BOUND)).process();
    const keyed = askerOf(ANNA, { idempotencyKey: 'once' });
    const { id } = await service.pull('a', keyed);
    await service.pull('b');
    expect(await service.pull('a', keyed)).toMatchObject({ id });
    expect((await errorOf(service.pull('a', askerOf(ANNA, { idempotencyKey: 'twice' })))).code).toBe('overloaded');
  });

  it('tells how long jobs took', async () => {
    const service = await (await world({ MAX_JOBS: '1' })).process();
    await service.pull('a');
    // Nothing was ever begun, so nothing is measured.
    expect(await errorOf(service.pull('b'))).toMatchObject({ retryAfterSeconds: 30 });
    const runs = service.work({ concurrency: 1 });
    (await runs.next()).finish();
    const second = await service.pull('b');
    const run = await runs.next();
    await service.pull('c');
    // One job was done within a moment.
    expect(await errorOf(service.pull('d'))).toMatchObject({ retryAfterSeconds: 1 });
    expect(await service.metrics.registry.metrics()).toContain('parley_jobs_refused_total{kind="pull"} 2\n');
    run.finish();
    await service.done(second.id);
  });
});
