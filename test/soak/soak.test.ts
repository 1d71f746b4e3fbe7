import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../faults/support/noisy/response-times.js';
import { HubService, TALKING } from '../support/hub-service.js';
import { listJobs } from '../support/job-client.js';
import { untilQueue } from '../support/metrics.js';
import { childrenOf, residentBytes } from '../support/processes.js';
import { STARTER_FILE, STARTERS } from '../support/server.js';
import { SoakClient } from './support/client.js';
import { growthOf, growthRows, grownListeners } from './support/growth.js';
import { mediaModalities } from './support/media-modalities.js';
import { modelModalities, SECOND_MODEL } from './support/model-modalities.js';
import { filesBelow, stateOf, type ProcessState } from './support/process-state.js';
import { clearConversation, SESSIONS, storedResponse, TEXT_MODALITIES } from './support/text-modalities.js';
import { storeRows } from './support/store-rows.js';
import { Traffic } from './support/traffic.js';

const MINUTE_MS = 60_000;
const SOAK_MS = Number(process.env.SOAK_MINUTES ?? 15) * MINUTE_MS;
/** Under the same load: heaps grow and code is compiled until about then. */
const WARM_MS = Math.max(30_000, SOAK_MS / 5);
const SEED = 16;
/** Readings of memory under load: whether it grows all the time or once. */
const MEMORY_ROWS = 10;
const TTL_SECONDS = 60;
/** Until what was made has expired and has been swept, and the service has noticed every client that left. */
const SETTLE_MS = 4 * MINUTE_MS;

let service: HubService;
let client: SoakClient;
let traffic: Traffic;
let folder: string;
const memory: string[][] = [];
let before: ProcessState;
let after: ProcessState;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-soak-'));
  service = await HubService.start({
    models: { [`${SECOND_MODEL}.gguf`]: STARTER_FILE },
    env: {
      NODE_OPTIONS: `--import=${new URL('./support/process-probe.mjs', import.meta.url).href}`,
      SOAK_PROBE_SOCKET: probeSocket(),
      TMPDIR: folder,
      PRELOAD_MODELS: STARTERS.join(','),
      SLOTS: '2', // so that requests queue
      RESULT_TTL: String(TTL_SECONDS),
      RESPONSES_TTL: String(TTL_SECONDS),
      FILES_TTL: String(TTL_SECONDS),
    },
  });
  client = new SoakClient(service.url);
  const shared = [...TEXT_MODALITIES, ...(await mediaModalities())];
  traffic = new Traffic(client, shared, modelModalities(await service.newFile(TALKING)), SEED);
});
afterAll(async () => {
  client.close();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function probeSocket(): string {
  return join(folder, 'probe.sock');
}

/** Resident megabytes of the service and of each runner, which do not tell which model is theirs. */
function memoryRow(): string[] {
  const { pid } = service.server;
  const bytes = [pid, ...childrenOf(pid).sort((a, b) => a - b)].map(residentBytes);
  return bytes.map((one) => String(Math.round(one / 1024 ** 2)));
}

/** Waits until nothing is under way, and what expires has expired. */
async function settle(): Promise<void> {
  for (let n = 0; n < SESSIONS; n++) await clearConversation(client, n);
  await untilQueue(service.url, { running: 0, waiting: 0 });
  const deadline = performance.now() + SETTLE_MS;
  const busy = async (): Promise<boolean> => {
    const jobs = [...(await listJobs(service.url, '?state=active')), ...(await listJobs(service.url, '?state=queued'))];
    return jobs.length > 0 || filesBelow(join(service.dataDir, 'files/generated')) > 0;
  };
  while ((await busy()) && performance.now() < deadline) await sleep(1000);
  // Each response that is stored takes up to a hundred expired ones with it: those of clients that left.
  for (let n = 0; n < 5; n++) await storedResponse(client, n);
}

describe('a service under load of all modalities', () => {
  it(
    'answers every client that stays',
    async () => {
      await traffic.everyModality();
      await traffic.run(WARM_MS);
      await settle();
      before = await stateOf(service.server, probeSocket(), folder);
      const sampling = setInterval(() => memory.push(memoryRow()), SOAK_MS / MEMORY_ROWS);
      await traffic.run(SOAK_MS);
      clearInterval(sampling);
      await settle();
      after = await stateOf(service.server, probeSocket(), folder);
      expect(traffic.failures).toEqual([]);
      for (const [name, { polite }] of traffic.counts) expect({ name, polite }).not.toEqual({ name, polite: 0 });
    },
    SOAK_MS + WARM_MS + 2 * SETTLE_MS + 5 * MINUTE_MS,
  );

  it('returns to where it was within 10 %', () => {
    const growth = growthOf(before, after);
    const counts = [...traffic.counts].map(([name, { polite, abandoned }]) => [
      name,
      String(polite),
      String(abandoned),
    ]);
    process.stdout.write(`\n${table([['modality', 'stayed', 'left'], ...counts])}\n\n${table(growthRows(growth))}\n`);
    process.stdout.write(
      `\n${table([['RSS of the service, MiB', ...STARTERS.map(() => 'of a runner')], ...memory])}\n`,
    );
    process.stdout.write(`\nlisteners: ${grownListeners(before, after).slice(0, 20).join(', ') || 'none more'}\n`);
    const grown = growth.filter(({ after: is, limit }) => is > limit).map(({ name }) => name);
    expect(grown).toEqual([]);
  });

  it('warns of no leak of listeners', () => {
    expect(after.warnings).toEqual([]);
  });

  it('stores nothing but the jobs that have ended', async () => {
    await service.end('SIGTERM');
    const rows = await storeRows(service.dataDir);
    process.stdout.write(
      `\n${table([['table', 'rows'], ...[...rows].map(([name, count]) => [name, String(count)])])}\n`,
    );
    for (const name of ['exchange', 'system_prompt', 'response']) expect(rows.get(`parley.${name}`)).toBe(0);
  });
});
