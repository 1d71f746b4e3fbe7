import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { del, get, post } from '../support/http.js';
import { listJobs } from '../support/job-client.js';
import { metric } from '../support/metrics.js';
import { printed } from '../support/printed.js';
import { childrenOf } from '../support/processes.js';
import { startServer, STARTERS, type Exit, type Server } from '../support/server.js';
import { noisyBodies } from './support/noisy/noisy-bodies.js';
import { NoisyNeighbour, unexpectedOutcome, type Outcome } from './support/noisy/noisy-neighbour.js';
import { PoliteNeighbour, type Sample } from './support/noisy/polite-neighbour.js';
import { bodyTable, compare, routeTable } from './support/noisy/response-times.js';

const QUIET_MS = 12_000;
/** Of each body. */
const NOISY_MS = 1500;
const FACTOR = 3;
/** A response that took so long came from a process that had stopped: no other body need be tried. */
const STOPPED_MS = 20_000;
/**
 * Quiet response times count as this at least. Eight bodies may each take the event loop for 20 ms before a request of
 * another key has its turn, and a request passes the loop three times; a step with another key's prompt takes 50 to 250 ms,
 * a page of 64 megapixels 300 ms; and the load comes from the two cores that serve. A process that stops takes seconds.
 */
const FLOOR_MS = 300;
const [NOISY, POLITE] = ['noisy', 'polite'];
const POLITE_HEADERS = { 'x-api-key': POLITE };

interface BodyReport {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly outcomes: string;
  readonly unexpected: readonly string[];
}

let server: Server;
let noisy: NoisyNeighbour;
let polite: PoliteNeighbour;
let runners: number[];
/** How the service ended, if it did. */
let ended: Exit | null = null;
const quiet: Sample[] = [];
const reports: BodyReport[] = [];

beforeAll(async () => {
  server = await startServer({
    env: { API_KEYS: `${NOISY}:${NOISY},${POLITE}:${POLITE}`, PRELOAD_MODELS: STARTERS.join(',') },
  });
  void server.exit.then((exit) => (ended = exit));
  // The embedded store makes its functions with the first job: once in a process, and for no body.
  const first = { model: 'starter-image', prompt: 'a red circle', size: '64x64', steps: 1 };
  expect((await post(`${server.url}/v1/images/generations`, first, { 'x-api-key': NOISY })).status).toBe(200);
  runners = childrenOf(server.pid).sort();
  noisy = new NoisyNeighbour(server.url, NOISY);
  polite = new PoliteNeighbour(server.url, POLITE, await printed(['Invoice No. 2024-117']).png().toBuffer());
});
afterAll(async () => {
  await polite.stop();
  await noisy.close();
  await server.stop();
});

/** Every outcome with its number. */
function summary(outcomes: readonly Outcome[]): string {
  const counts = new Map<number, number>();
  for (const { status } of outcomes) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${String(count)} x ${String(status)}`).join(', ') || 'all left';
}

async function measureQuiet(): Promise<void> {
  polite.takeSamples();
  await sleep(QUIET_MS);
  await polite.settled();
  quiet.push(...polite.takeSamples());
}

describe('a noisy key beside a polite one', () => {
  it('sends each of 40 worst-case bodies, 8 at a time', async () => {
    const bodies = noisyBodies();
    expect(bodies.length).toBeGreaterThanOrEqual(40);
    polite.start();
    await sleep(2000); // warm: the store opens, the code is compiled
    await measureQuiet();
    for (const body of bodies) {
      noisy.start(body);
      await sleep(NOISY_MS);
      const outcomes = await noisy.stop();
      await polite.settled();
      const samples = polite.takeSamples();
      const unexpected = outcomes.map(unexpectedOutcome).filter((one) => one !== null);
      reports.push({ name: body.name, samples, outcomes: summary(outcomes), unexpected });
      if (samples.some(({ ms }) => ms > STOPPED_MS)) throw new Error(`${body.name}: the service stopped`);
    }
    for (const { id } of await listJobs(server.url, '?limit=100', { 'x-api-key': NOISY })) {
      await del(`${server.url}/jobs/${id}`, undefined, { 'x-api-key': NOISY });
    }
    await measureQuiet();
  }, 300_000);

  it('gets nothing but answers, refusals of its own, and 503 with Retry-After', () => {
    const all = reports.flatMap(({ name, unexpected }) => unexpected.map((one) => `${name}: ${one}`));
    expect(all).toEqual([]);
  });

  it('costs the polite key no response', () => {
    expect([...polite.failures]).toEqual([]);
  });

  it('keeps the p99 of the polite key within three times its quiet p99', () => {
    const noisySamples = reports.flatMap(({ samples }) => samples);
    const times = compare(quiet, noisySamples, { factor: FACTOR, floorMs: FLOOR_MS });
    process.stdout.write(`\n${routeTable(times)}\n\n${bodyTable(reports)}\n`);
    const slower = times.filter(({ noisyP99, allowed }) => noisyP99 > allowed).map(({ route }) => route);
    expect(slower).toEqual([]);
  });

  it('ends no runner', async () => {
    expect(ended, server.logs().slice(-3000)).toBeNull();
    expect(await metric(server.url, 'parley_runner_restarts_total', POLITE_HEADERS)).toBe(0);
    expect(childrenOf(server.pid).sort()).toEqual(runners);
    expect((await get(`${server.url}/healthz/ready`)).status).toBe(200);
    expect((await post(`${server.url}/v1/embeddings`, { input: 'a' }, POLITE_HEADERS)).status).toBe(200);
  });
});
