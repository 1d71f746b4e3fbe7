import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { del, post } from '../support/http.js';
import { metric } from '../support/metrics.js';
import { childrenOf, residentBytes } from '../support/processes.js';
import { startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

const CYCLES = 10;
/** The first cycles fill caches and compile what is called often. */
const WARM = 4;
/** What may be there that no collection has taken yet; a runner's handle that were kept would be far less, but for each. */
const GARBAGE_BYTES = 24 * 1024 ** 2;

/** One of the runtimes each; all of them are small. */
const MODELS = ['starter-chat', 'starter-ocr', 'starter-embed'] as const;

let server: Server;
beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: '' } });
});
afterAll(() => server.stop());

async function launch(model: string): Promise<void> {
  expect(await post(`${server.url}/model/launch`, { model_name: model })).toMatchObject({ status: 200 });
}

async function kill(model: string): Promise<void> {
  expect(await del(`${server.url}/model/kill`, { model_name: model })).toMatchObject({ status: 200 });
}

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

describe('ten loads and unloads', () => {
  it('leave no process, descriptor, reserved byte or memory behind', async () => {
    const memory: number[] = [];
    const descriptors: number[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      await Promise.all(MODELS.map(launch));
      expect(childrenOf(server.pid)).toHaveLength(MODELS.length);
      await Promise.all(MODELS.map(kill));
      await until('the runners to be gone', () => childrenOf(server.pid).length === 0 || undefined);
      memory.push(residentBytes(server.pid));
      descriptors.push(descriptorsOf(server.pid));
    }
    expect(await metric(server.url, 'parley_memory_reserved_bytes')).toBe(0);
    expect(await metric(server.url, 'parley_model_resident_bytes')).toBe(0);
    // Connections of the client come and go, too: the least of several cycles is what stays.
    const early = (of: number[]): number => Math.min(...of.slice(WARM - 2, WARM + 1));
    const late = (of: number[]): number => Math.min(...of.slice(-3));
    expect(late(descriptors)).toBeLessThanOrEqual(early(descriptors) + 1);
    expect(late(memory) - early(memory)).toBeLessThan(GARBAGE_BYTES);
  });
});
