import { afterEach, describe, expect, it } from 'vitest';
import { BudgetedWorker, BudgetExceededError, WorkerJobError } from '../../src/inference/threads/budgeted-worker.js';

interface Probe {
  readonly do: 'echo' | 'loop' | 'grow' | 'refuse' | 'throw' | 'exit';
  readonly value?: string;
}

const SCRIPT = new URL('../fixtures/workers/probe.worker.mjs', import.meta.url);
const NEVER = new AbortController().signal;
const workers: BudgetedWorker<Probe, string>[] = [];

function workerWith(limits: { budgetMs?: number; maxWaiting?: number } = {}): BudgetedWorker<Probe, string> {
  const all = { budgetMs: 500, maxHeapMiB: 32, maxWaiting: 4, idleMs: 60_000, ...limits };
  const worker = new BudgetedWorker<Probe, string>(SCRIPT, all, 'The probe');
  workers.push(worker);
  return worker;
}

const echo = (value: string): Probe => ({ do: 'echo', value });

async function failureOf(job: Promise<string>): Promise<unknown> {
  return job.then(
    () => null,
    (error: unknown) => error,
  );
}

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});

describe('a worker thread with a budget', () => {
  it('returns what its jobs return, in order', async () => {
    const worker = workerWith();
    expect(await Promise.all(['a', 'b', 'c'].map((value) => worker.run(echo(value), 'k', NEVER)))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('passes on a ParleyError and names other errors', async () => {
    const worker = workerWith();
    expect(await failureOf(worker.run({ do: 'refuse' }, 'k', NEVER))).toMatchObject({
      code: 'invalid_request',
      message: 'not like that',
      param: 'field',
    });
    expect(await failureOf(worker.run({ do: 'throw' }, 'k', NEVER))).toBeInstanceOf(WorkerJobError);
    expect(await worker.run(echo('still there'), 'k', NEVER)).toBe('still there');
  });

  it.each(['loop', 'grow'] as const)('fails the job alone that exceeds its budget: %s', async (what) => {
    const worker = workerWith({ budgetMs: what === 'loop' ? 100 : 60_000 });
    const costly = failureOf(worker.run({ do: what }, 'greedy', NEVER));
    const waiting = worker.run(echo('next'), 'polite', NEVER);
    expect(await costly).toBeInstanceOf(BudgetExceededError);
    expect(await waiting).toBe('next');
  });

  it('fails a job whose thread exits, and starts another', async () => {
    const worker = workerWith();
    expect(await failureOf(worker.run({ do: 'exit' }, 'k', NEVER))).toBeInstanceOf(WorkerJobError);
    expect(await worker.run(echo('again'), 'k', NEVER)).toBe('again');
  });

  it('ends the running job of a client that leaves', async () => {
    const worker = workerWith({ budgetMs: 60_000 });
    const client = new AbortController();
    const left = failureOf(worker.run({ do: 'loop' }, 'k', client.signal));
    const waiting = worker.run(echo('next'), 'k', NEVER);
    client.abort();
    expect(await left).toMatchObject({ code: 'cancelled' });
    expect(await waiting).toBe('next');
  });

  it('refuses a key beyond its share of the queue and serves the others', async () => {
    const worker = workerWith({ budgetMs: 200 });
    const greedy = [1, 2, 3, 4, 5].map(() => failureOf(worker.run({ do: 'loop' }, 'greedy', NEVER)));
    expect(await failureOf(worker.run(echo('x'), 'greedy', NEVER))).toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining('The probe is busy') as string,
    });
    await greedy[0];
    expect(await worker.run(echo('polite'), 'polite', NEVER)).toBe('polite');
    await Promise.all(greedy);
  });
});
