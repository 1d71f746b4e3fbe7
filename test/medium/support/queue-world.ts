import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import {
  createPostgresBackend,
  createRedisBackend,
  Queue,
  setDefaultBackendFactory,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { afterAll, onTestFinished } from 'vitest';
import { readSettings, type Settings } from '../../../src/config/settings.js';
import type { JobRequester } from '../../../src/jobs/core/job-requester.js';
import type { BullJob } from '../../../src/jobs/core/job.js';
import { JobFollowing } from '../../../src/jobs/core/job-following.js';
import { JobMeter } from '../../../src/jobs/core/job-meter.js';
import { workerOptions } from '../../../src/jobs/core/job.processor.js';
import { JobQueues, queueOptions, type JobQueue } from '../../../src/jobs/core/job-queues.js';
import { JobFlows } from '../../../src/jobs/core/job-flows.js';
import { JobRecords } from '../../../src/jobs/core/job-records.js';
import { JobAdder } from '../../../src/jobs/core/job-adder.js';
import { JobAdmission } from '../../../src/jobs/core/job-admission.js';
import { JobSubmitter } from '../../../src/jobs/core/job-submitter.js';
import { JobCanceller } from '../../../src/jobs/core/job-canceller.js';
import { createJobLedger } from '../../../src/jobs/core/ledger/ledger.providers.js';
import { WaiterLeases } from '../../../src/jobs/core/waiter-leases.js';
import { JobsService } from '../../../src/jobs/core/jobs.service.js';
import { JOB_KINDS, KIND_NAMES, type JobKind, type PullPayload } from '../../../src/jobs/kinds/kinds.js';
import { RunningJobs } from '../../../src/jobs/core/running-jobs.js';
import { MetricsService } from '../../../src/observability/metrics/metrics.service.js';
import { createStore, type AnyStore } from '../../../src/storage/store/store.module.js';
import type { Backend, TestStore } from '../../support/stores.js';
import { SteeredProcessor, type Runs } from './queue-runs.js';

const DOOMED_WORKER = fileURLToPath(new URL('../../fixtures/jobs/doomed-worker.mjs', import.meta.url));
export const REPLY = 'test.reply';
export const ANNA = 'anna';
export const BERT = 'bert';

// What goes wrong on purpose is not worth a line.
Logger.overrideLogger(false);

export function payloadOf(name: string): PullPayload {
  return { name, repo: 'user/repo', revision: null, files: [`${name}.gguf`] };
}

export function askerOf(keyId: string, changes: Partial<JobRequester> = {}): JobRequester {
  return { keyId, idempotencyKey: null, isAwaited: true, ...changes };
}

/** For what a test waits for without a client who might leave. */
export function patience(): AbortSignal {
  return new AbortController().signal;
}

/** What one process of the service has of jobs: asking for them, following them, and doing them once it has a worker. */
export class QueueProcess {
  readonly metrics = new MetricsService();
  readonly queues: JobQueues;
  readonly records: JobRecords;
  readonly flows: JobFlows;
  readonly jobs: JobsService;
  readonly following: JobFollowing;
  readonly running: RunningJobs;
  readonly leases: WaiterLeases;
  private readonly meter = new JobMeter(this.metrics);
  private readonly bullQueues: ReadonlyMap<JobKind, JobQueue>;
  private readonly workers: Worker[] = [];
  private readonly runs: Runs[] = [];
  private end: Promise<void> | null = null;

  constructor(
    private readonly store: AnyStore,
    settings: Settings,
  ) {
    const options = queueOptions(store);
    this.bullQueues = new Map(KIND_NAMES.map((kind) => [kind, new Queue(JOB_KINDS[kind].queue, options)]));
    this.queues = new JobQueues(this.bullQueues, store);
    const { index, line, waiters } = createJobLedger(store);
    this.records = new JobRecords(this.queues, index, settings);
    this.flows = new JobFlows(this.queues);
    const admission = new JobAdmission(this.metrics, this.queues, line, settings);
    const adder = new JobAdder(this.queues, this.flows, admission, index, settings);
    this.leases = new WaiterLeases(waiters);
    const canceller = new JobCanceller(this.queues, this.records, line, this.leases);
    const submitter = new JobSubmitter(this.queues, this.records, adder, canceller, this.leases);
    this.jobs = new JobsService(this.queues, this.records, submitter, canceller, this.leases);
    this.running = new RunningJobs(this.queues);
    this.following = new JobFollowing(this.records, this.queues, this.running);
  }

  /** Starts a worker as the service has it, with other times where the test would wait too long. */
  work(changes: Partial<WorkerOptions> = {}): Runs {
    const processor = new SteeredProcessor(this.running, this.meter);
    this.runs.push(processor.runs);
    const options = { ...queueOptions(this.store), ...workerOptions('pull'), ...changes };
    const run = (job: BullJob<'pull'>, token?: string): Promise<unknown> => processor.process(job, token);
    const worker = new Worker(JOB_KINDS.pull.queue, run as never, options);
    worker.on('error', () => undefined);
    this.workers.push(worker);
    return processor.runs;
  }

  pull(name: string, asker: JobRequester = askerOf(ANNA)): ReturnType<JobsService['submit']> {
    return this.jobs.submit('pull', payloadOf(name), REPLY, asker);
  }

  /** Waits for a job's end, and throws what it failed with. */
  done(id: string, keyId = ANNA): ReturnType<JobFollowing['untilDone']> {
    return this.following.untilDone(id, keyId, patience());
  }

  /** BullMQ's own view of a job. */
  async bullJob(id: string): Promise<BullJob> {
    const job = await this.queues.use('pull', (queue) => queue.getJob(id));
    if (job === undefined) throw new Error(`BullMQ has no job ${id}`);
    return job;
  }

  /** Ends it as the service ends at SIGTERM: what it works on goes back into its queue. */
  shutDown(): Promise<void> {
    this.end ??= this.shutDownOnce();
    return this.end;
  }

  private async shutDownOnce(): Promise<void> {
    const closing = this.workers.map((worker) => worker.close());
    this.running.putBack();
    for (const { all } of this.runs) all.forEach((run) => run.obey());
    await Promise.all(closing);
    this.leases.onApplicationShutdown();
    await this.queues.onApplicationShutdown();
    await Promise.all([...this.bullQueues.values()].map((queue) => queue.close()));
  }
}

/** A store, and the processes that use it. */
export class QueueWorld {
  private readonly processes: QueueProcess[] = [];
  private readonly ownStores: AnyStore[] = [];

  constructor(
    private readonly place: TestStore,
    private readonly settings: Settings,
  ) {}

  /** A process on this store, beside those that are there. */
  async process(): Promise<QueueProcess> {
    const store = this.processes.length === 0 ? this.place.store : await this.anotherStore();
    await store.open();
    const process = new QueueProcess(store, this.settings);
    this.processes.push(process);
    return process;
  }

  /** Ends all processes, and starts one on what they left. */
  async restart(): Promise<QueueProcess> {
    await this.end();
    await this.place.reopen();
    return this.process();
  }

  /**
   * Ends all processes, starts one outside of this one that takes a job, and kills it as soon as it works on it. After
   * that its lock on the job ends within a moment.
   */
  async workAndDie(): Promise<QueueProcess> {
    await this.end();
    if (this.place.queueUrl === null) await this.place.store.close(); // it serves one process at a time
    const child = fork(DOOMED_WORKER, [this.place.queueUrl ?? '', this.place.dataDir], { stdio: 'inherit' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const gone = once(child, 'exit');
    const word: unknown = await Promise.race([once(child, 'message').then(([message]) => message as unknown), gone]);
    if (word !== 'working') throw new Error(`the doomed worker ended before it worked: ${JSON.stringify(word)}`);
    child.kill('SIGKILL');
    await gone;
    await this.place.reopen();
    return this.process();
  }

  async end(): Promise<void> {
    for (const process of this.processes.splice(0)) await process.shutDown();
    for (const store of this.ownStores.splice(0)) await store.close();
  }

  async dispose(): Promise<void> {
    await this.end();
    await forgetJobs(this.place.store);
  }

  /** Each process has its own connections to a server; the embedded store serves one process alone. */
  private async anotherStore(): Promise<AnyStore> {
    const { queueUrl, dataDir, store } = this.place;
    if (queueUrl === null) return store;
    const another = await createStore({ queueUrl: new URL(queueUrl), dataDir });
    this.ownStores.push(another);
    return another;
  }
}

/** Gives each test of a suite a world without jobs. They share a store: the embedded one takes seconds to open. */
export function worldsOn(backend: Backend): (env?: Record<string, string>) => Promise<QueueWorld> {
  let place: TestStore | null = null;
  afterAll(() => place?.dispose());
  return async (env = {}) => {
    setDefaultBackendFactory((backend.name === 'redis' ? createRedisBackend : createPostgresBackend) as never);
    place ??= await backend.open();
    const world = new QueueWorld(place, readSettings(env));
    onTestFinished(() => world.dispose());
    return world;
  };
}

/** Removes every job, whatever it is at. */
async function forgetJobs(store: AnyStore): Promise<void> {
  await store.open();
  for (const kind of KIND_NAMES) {
    const queue = new Queue(JOB_KINDS[kind].queue, queueOptions(store));
    await queue.obliterate({ force: true });
    await queue.resume();
    await queue.close();
  }
  if (store.speaks === 'redis') {
    const ours = await store.client.keys('parley:jobs:*');
    if (ours.length > 0) await store.client.del(...ours);
  } else {
    for (const table of ['job_place', 'job_turn', 'job_waiter']) await store.query(`DELETE FROM parley.${table}`, []);
  }
}
