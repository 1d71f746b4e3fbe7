import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeHub } from '../support/fake-hub.js';
import { get, post } from '../support/http.js';
import { startServer, STARTERS, type Server } from '../support/server.js';
import { requestsAtLimits } from './support/bodies-at-limits.js';
import { describedRoutes } from './support/described-routes.js';
import { Sender } from './support/exchange.js';

const PROBE = fileURLToPath(new URL('support/turn-probe.mjs', import.meta.url));
const MAX_TURN_MS = 20;
/** The kernel brings a thread's CPU time up to date with its ticks, at 250 Hz. */
const CLOCK_TICK_MS = 4;
/** Of a turn in which V8 collects garbage, whose length depends on the whole heap and not on the request. */
const MAX_TURN_WITH_GC_MS = 80;
const SETTLE_REQUESTS = 20;
/** Lets one route or body be tried alone. */
const ONLY_ROUTES = new RegExp(process.env.ROUTES ?? '');
const ONLY_BODIES = new RegExp(process.env.BODIES ?? '');

/** As the probe writes it; times of the wall clock in milliseconds. */
interface Turn {
  readonly begin: number;
  readonly end: number;
  /** CPU time. */
  readonly ms: number;
  readonly gcMs: number;
}

interface Sent {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

let hub: FakeHub;
let server: Server;
let sender: Sender;
let folder: string;
let startedAt = 0;
const sent: Sent[] = [];

function turnsFile(): string {
  return join(folder, 'turns.jsonl');
}

function blockedTurns(): string[] {
  const lines = readFileSync(turnsFile(), 'utf8').split('\n');
  const turns = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Turn);
  const blocking = turns.filter(({ begin, ms, gcMs }) => {
    if (begin < startedAt) return false;
    return ms - gcMs > MAX_TURN_MS + CLOCK_TICK_MS || ms > MAX_TURN_WITH_GC_MS;
  });
  return blocking.map(({ begin, end, ms, gcMs }) => {
    const during = sent.filter((one) => one.begin <= end && one.end >= begin).map(({ name }) => name);
    return `${ms.toFixed(0)} ms, ${gcMs.toFixed(0)} ms of it garbage collection: ${during.join(' | ')}`;
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-turns-'));
  hub = new FakeHub({});
  await hub.start();
  server = await startServer({
    env: {
      PRELOAD_MODELS: STARTERS.join(','),
      CONTEXT_SIZE: '256',
      HF_ENDPOINT: hub.url,
      NODE_OPTIONS: `--import=${PROBE}`,
      TURN_PROBE_FILE: turnsFile(),
    },
  });
  sender = new Sender(server.url);
  // Opens the embedded store, which is done once and for no body.
  await post(`${server.url}/ml-backend/generate/fromtext`, {
    model_name: 'starter-chat',
    prompt: 'Hi',
    max_new_tokens: 1,
  });
  startedAt = Date.now();
});
afterAll(async () => {
  sender.close();
  await server.stop();
  await hub.stop();
  rmSync(folder, { recursive: true });
});

describe.each(describedRoutes().filter(({ path }) => ONLY_ROUTES.test(path)))('$method $path', (route) => {
  it('answers bodies at the limits', async () => {
    // One at a time, so that a turn has one request's work alone.
    for (const { name, target, headers, body } of requestsAtLimits(route)) {
      if (!ONLY_BODIES.test(name)) continue;
      const begin = Date.now();
      const { status } = await sender.send(route.method, target, headers, body);
      sent.push({ name: `${route.method} ${route.path}, ${name}`, begin, end: Date.now() });
      expect([500, 502, 504], name).not.toContain(status);
    }
  }, 180_000);
});

it('no body keeps the event loop of the HTTP process from others for more than 20 ms', async () => {
  for (let n = 0; n < SETTLE_REQUESTS; n++) await get(`${server.url}/healthz/live`);
  expect(blockedTurns()).toEqual([]);
});
