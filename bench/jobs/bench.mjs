// What a job costs beside its work, on each store, side by side in one run: the round trip of an empty job (asked for,
// done, answered), jobs per second with many at once, and the memory of the service before and after its store is open.
//   npm run bench:jobs [-- --jobs 300] [--redis redis://127.0.0.1:6379/9] [--postgres postgres://postgres@127.0.0.1/bench]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { createPostgresBackend, createRedisBackend, Queue, setDefaultBackendFactory, Worker } from 'bullmq';
import { JobFollowing } from '../../dist/jobs/core/job-following.js';
import { JobMeter } from '../../dist/jobs/core/job-meter.js';
import { JobProcessor, workerOptions } from '../../dist/jobs/core/job.processor.js';
import { JobQueues, queueOptions } from '../../dist/jobs/core/job-queues.js';
import { JobFlows } from '../../dist/jobs/core/job-flows.js';
import { JobRecords } from '../../dist/jobs/core/job-records.js';
import { JobsService } from '../../dist/jobs/core/jobs.service.js';
import { JOB_KINDS, KIND_NAMES } from '../../dist/jobs/kinds/kinds.js';
import { RunningJobs } from '../../dist/jobs/core/running-jobs.js';
import { MetricsService } from '../../dist/observability/metrics/metrics.service.js';
import { createStore } from '../../dist/storage/store/store.module.js';

const { values: options } = parseArgs({
  options: { jobs: { type: 'string', default: '300' }, redis: { type: 'string' }, postgres: { type: 'string' } },
});
const JOBS = Number(options.jobs);
const ASKER = { keyId: 'bench', idempotencyKey: null, waits: true };
const PAYLOAD = { name: 'bench', repo: 'a/b', revision: null, files: ['c'] };
Logger.overrideLogger(['error']);

class EmptyProcessor extends JobProcessor {
  constructor(running, meter) {
    super('pull', running, meter);
  }

  work() {
    return Promise.resolve({ name: 'bench', repo: 'a/b', revision: '', bytes: 0 });
  }
}

/** The jobs of the service on one store, with a processor that does nothing. */
async function world(queueUrl, dataDir) {
  const store = await createStore({ queueUrl, dataDir });
  setDefaultBackendFactory(store.speaks === 'redis' ? createRedisBackend : createPostgresBackend);
  const bull = new Map(KIND_NAMES.map((kind) => [kind, new Queue(JOB_KINDS[kind].queue, queueOptions(store))]));
  const queues = new JobQueues(bull, store);
  const settings = { resultTtl: 3600 };
  const records = new JobRecords(queues, settings);
  const flows = new JobFlows(queues);
  const jobs = new JobsService(queues, records, flows, settings);
  const processor = new EmptyProcessor(new RunningJobs(queues), new JobMeter(new MetricsService()));
  const began = performance.now();
  await store.open();
  const openMs = performance.now() - began;
  const worker = new Worker(JOB_KINDS.pull.queue, (job, token) => processor.process(job, token), {
    ...queueOptions(store),
    ...workerOptions('pull'),
  });
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  return {
    jobs,
    openMs,
    following: new JobFollowing(records, queues),
    close: async () => {
      await worker.close();
      await flows.onApplicationShutdown();
      await queues.onApplicationShutdown();
      await Promise.all([...bull.values()].map((queue) => queue.close()));
      await store.close();
    },
  };
}

async function roundTrip({ jobs, following }) {
  const began = performance.now();
  const { id } = await jobs.submit('pull', PAYLOAD, 'bench', ASKER);
  await following.untilDone(id, ASKER.keyId, new AbortController().signal);
  return performance.now() - began;
}

async function measure(name, queueUrl) {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const on = await world(queueUrl, dataDir);
  try {
    for (let warmUp = 0; warmUp < 20; warmUp++) await roundTrip(on);
    const times = [];
    for (let count = 0; count < JOBS; count++) times.push(await roundTrip(on));
    times.sort((a, b) => a - b);
    const began = performance.now();
    await Promise.all(Array.from({ length: JOBS }, () => roundTrip(on)));
    const perSecond = (1000 * JOBS) / (performance.now() - began);
    return {
      store: name,
      'open ms': Math.round(on.openMs),
      'median ms': Number(times[Math.floor(JOBS / 2)].toFixed(1)),
      'p95 ms': Number(times[Math.floor(JOBS * 0.95)].toFixed(1)),
      'jobs/s': Math.round(perSecond),
    };
  } finally {
    await on.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function residentMiB(pid) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
}

/** Resident memory of the service without models, before and after its embedded store was needed. */
async function memory() {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: '0', DATA_DIR: dataDir, PRELOAD_MODELS: '', LOG_LEVEL: 'silent' };
  const service = spawn(process.execPath, ['dist/main.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) => {
      service.stdout.on('data', (data) => {
        const found = /ready: (\S+)/.exec(String(data))?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    const settle = () => new Promise((resolve) => setTimeout(resolve, 5000));
    await settle();
    const before = residentMiB(service.pid);
    const body = JSON.stringify({ model_name: 'starter-chat', system_prompt: 'Be brief.' });
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${url}/chat/addsystemprompt`, { method: 'POST', headers, body });
    if (status !== 200) throw new Error(`the store was not opened: ${status}`);
    const opened = residentMiB(service.pid);
    await settle();
    return { 'before MiB': before, 'just opened MiB': opened, 'after MiB': residentMiB(service.pid) };
  } finally {
    service.kill();
    await new Promise((resolve) => service.once('close', resolve));
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const rows = [await measure('embedded', null)];
if (options.redis) rows.push(await measure('redis', new URL(options.redis)));
if (options.postgres) rows.push(await measure('postgres', new URL(options.postgres)));
console.table(
  rows.map((row) => ({ ...row, 'median to the first': Number((row['median ms'] / rows[0]['median ms']).toFixed(2)) })),
);
console.table([await memory()]);
process.exit(0);
