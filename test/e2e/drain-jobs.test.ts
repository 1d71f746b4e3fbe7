import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get } from '../support/http.js';
import { jobEvents, listJobs, untilState } from '../support/job-client.js';
import { untilQueue } from '../support/metrics.js';
import {
  generate,
  generateLater,
  IMAGE_MODEL,
  LONG_DRAWING,
  SMALL,
  untilSteps,
  urlsOf,
} from '../support/picture-client.js';
import { freeze, isRunning, runnerOf, thaw } from '../support/processes.js';
import { startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

const servers: Server[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-drain-'));
  folders.push(folder);
  return folder;
}

async function start(env: Readonly<Record<string, string>>, dataDir = newFolder()): Promise<Server> {
  const server = await startServer({ env, dataDir });
  servers.push(server);
  return server;
}

function untilDraining(base: string): Promise<true> {
  return until('draining', async () => (await get(`${base}/healthz/ready`)).status === 503 || undefined);
}

/** A hurried end that does not get to its last step leaves a lock and a job that have to grow old first. */
const PATIENCE = { timeout: 150_000 };

describe('SIGTERM while jobs are worked on', PATIENCE, () => {
  const DRAWING = { PRELOAD_MODELS: IMAGE_MODEL };
  const A_WHILE = { ...SMALL, steps: 40 };

  it('lets those be finished that a client waits for', async () => {
    const server = await start({ ...DRAWING, DRAIN_SECONDS: '60' });
    const runner = await runnerOf(server.pid);
    const drawn = generate(server, { ...A_WHILE, n: 2 });
    await untilQueue(server.url, { running: 1, waiting: 0 });
    freeze(runner);
    server.signal('SIGTERM');
    await untilDraining(server.url);
    expect(await listJobs(server.url)).toHaveLength(1);
    thaw(runner);
    expect(urlsOf(await drawn)).toHaveLength(2);
    expect(await server.exit).toEqual({ code: 0, signal: null });
  });

  it.each(['once', 'twice'] as const)('%s puts the others back, and tells who waits or follows', async (often) => {
    const dataDir = newFolder();
    const first = await start({ ...DRAWING, DRAIN_SECONDS: often === 'once' ? '1' : '60' }, dataDir);
    const runner = await runnerOf(first.pid);
    const id = await generateLater(first, LONG_DRAWING);
    await untilSteps(first.url, id, 1);
    const events = fetch(`${first.url}/jobs/${id}/events`).then((response) => response.text());
    freeze(runner);
    const waiting = generate(first, SMALL);
    await until('both jobs', async () => (await listJobs(first.url)).length === 2 || undefined);
    first.signal('SIGTERM');
    if (often === 'twice') {
      await untilDraining(first.url);
      first.signal('SIGTERM');
    }
    expectError(await waiting, 'openai', 503);
    expect(jobEvents(await events).at(-1)?.job).toMatchObject({ id, error: null });
    expect(await first.exit).toEqual({ code: 0, signal: null });
    expect(isRunning(runner)).toBe(false);

    const second = await start({ PRELOAD_MODELS: '' }, dataDir);
    const jobs = await listJobs(second.url);
    expect(jobs).toHaveLength(2);
    for (const { error, state } of jobs) {
      expect(error).toBeNull();
      expect(['queued', 'active', 'completed']).toContain(state);
    }
    await fetch(`${second.url}/jobs/${id}`, { method: 'DELETE' });
    for (const job of jobs.filter((each) => each.id !== id)) await untilState(second.url, job.id, 'completed');
  });
});
