import { describe, expect, it } from 'vitest';
import { AwaitedJobs } from '../../src/jobs/core/awaited-jobs.js';
import type { JobView } from '../../src/jobs/core/job.js';
import type { LifecycleService } from '../../src/domains/lifecycle/lifecycle.service.js';
import type { AnyStore } from '../../src/storage/store/store.module.js';
import { backends } from '../support/stores.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';
import { ANNA, askerOf, worldsOn, type QueueProcess } from './support/queue-world.js';

const KEYED = askerOf(ANNA, { idempotencyKey: 'once' });
const LATER = { ...KEYED, isAwaited: false };

/** A client that waits for a job, until it leaves. */
class Client {
  readonly outcome: Promise<JobView | Error>;
  private readonly connection = new AbortController();

  private constructor(
    service: QueueProcess,
    readonly job: JobView,
  ) {
    const lifecycle = { isDraining: false } as LifecycleService;
    const awaited = new AwaitedJobs(service.jobs, service.following, service.records, lifecycle);
    this.outcome = awaited.untilDone(job.id, ANNA, this.connection.signal).catch((error: unknown) => error as Error);
  }

  static async of(service: QueueProcess): Promise<Client> {
    return new Client(service, await service.pull('a', KEYED));
  }

  async leave(): Promise<void> {
    this.connection.abort(new Error('the client has left'));
    await this.outcome;
  }
}

/** As if the processes that renew them were gone for two minutes. */
async function expireLeases(store: AnyStore, id: string): Promise<void> {
  if (store.speaks === 'sql') {
    await store.query("UPDATE parley.job_waiter SET expires_at = now() WHERE job = $1 AND waiter <> 'detached'", [id]);
    return;
  }
  const name = `parley:jobs:waiters:${id}`;
  for (const waiter of await store.client.zrange(name, '0', '-1')) {
    if (waiter !== 'detached') await store.client.zadd(name, 1, waiter);
  }
}

describe.each(backends)('a job with an Idempotency-Key on $name', (backend) => {
  const world = worldsOn(backend);

  async function twoProcesses(): Promise<[QueueProcess, QueueProcess]> {
    const worlds = await world();
    return [await worlds.process(), await worlds.process()];
  }

  const stateOf = async (service: QueueProcess, id: string): Promise<string> =>
    (await service.records.find(id, ANNA)).state;

  it('goes on for the client that stays when another one leaves, in whichever process', async () => {
    const [one, other] = await twoProcesses();
    const first = await Client.of(one);
    const second = await Client.of(other);
    const third = await Client.of(one);
    expect(new Set([first, second, third].map(({ job }) => job.id)).size).toBe(1);
    const run = await other.work().next();
    await first.leave();
    await third.leave();
    expect(await stateOf(one, first.job.id)).toBe('active');
    run.finish();
    expect(await second.outcome).toMatchObject({ id: first.job.id, state: 'completed' });
    expect(await one.pull('a', KEYED)).toMatchObject({ id: first.job.id, state: 'completed' });
  });

  it('is cancelled when the last client leaves, waiting or active', async () => {
    const [one, other] = await twoProcesses();
    const waiting = [await Client.of(one), await Client.of(other)];
    for (const client of waiting) await client.leave();
    const [{ job: first }] = waiting as [Client];
    expect(await stateOf(other, first.id)).toBe('cancelled');
    const active = [await Client.of(one), await Client.of(other)];
    const [{ job: second }] = active as [Client];
    expect(second.id).not.toBe(first.id);
    const run = await one.work().next();
    for (const client of active) await client.leave();
    await until('the abort', () => run.signal.aborted || undefined);
    expect(await stateOf(one, second.id)).toBe('cancelled');
  });

  it('is never cancelled by clients that leave once it was accepted with 202', async () => {
    const [one, other] = await twoProcesses();
    const first = await Client.of(one);
    expect(await other.pull('a', LATER)).toMatchObject({ id: first.job.id });
    await first.leave();
    await (await Client.of(other)).leave();
    expect(await stateOf(one, first.job.id)).toBe('queued');
    const accepted = await one.pull('b', { ...LATER, idempotencyKey: 'twice' });
    const joined = await other.pull('b', { ...KEYED, idempotencyKey: 'twice' });
    await other.jobs.abandon(joined.id, ANNA);
    expect(await stateOf(one, accepted.id)).toBe('queued');
    await one.jobs.cancel(first.job.id, ANNA);
    expect(await stateOf(one, first.job.id)).toBe('cancelled');
  });

  it('gives a client that comes as the last one leaves a job that goes on', async () => {
    const [one, other] = await twoProcesses();
    for (let round = 0; round < 10; round++) {
      const first = await Client.of(one);
      const [, second] = await Promise.all([first.leave(), Client.of(other)]);
      const accepted = await other.pull('a', LATER);
      expect(accepted.id).toBe(second.job.id);
      expect(await stateOf(one, second.job.id)).toBe('queued');
      await one.jobs.cancel(second.job.id, ANNA);
      await second.outcome;
    }
  });

  it('counts no client of a process that is gone, and each of one that is not', async () => {
    const [one, other] = await twoProcesses();
    const gone = await Client.of(one);
    await expireLeases(one.queues.store, gone.job.id);
    const staying = await Client.of(other);
    const leaving = await Client.of(other);
    await leaving.leave();
    expect(await stateOf(one, gone.job.id)).toBe('queued');
    await staying.leave();
    expect(await stateOf(one, gone.job.id)).toBe('cancelled');
  });

  it('survives a request with its key that is refused', async () => {
    const [one, other] = await twoProcesses();
    const client = await Client.of(one);
    expect((await errorOf(other.pull('b', KEYED))).code).toBe('invalid_request');
    const run = await one.work().next();
    expect((await errorOf(other.pull('b', KEYED))).code).toBe('invalid_request');
    run.finish();
    expect(await client.outcome).toMatchObject({ state: 'completed' });
    expect((await errorOf(other.pull('b', KEYED))).code).toBe('invalid_request');
    expect(await other.pull('a', KEYED)).toMatchObject({ id: client.job.id, state: 'completed' });
  });
});
