import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ParleyError } from '../../src/inference/errors.js';
import type { Faults } from '../support/fake-hub.js';
import { GGUF, hubWorld, install, REPO, someBytes, type HubWorld } from '../support/hub-world.js';
import { errorOf } from './support/errors.js';

const SIZE = 300_000;
const CONTENT = someBytes(SIZE);

async function worldWith(...faults: Faults[]): Promise<HubWorld> {
  const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
  world.hub.fault(GGUF, ...faults);
  return world;
}

async function expectInstalled(world: HubWorld): Promise<void> {
  expect(await world.files()).toEqual([GGUF, `${REPO}/model.gguf.manifest.json`]);
  expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
}

function ranges(world: HubWorld): (string | null)[] {
  return world.hub.transfersOf(GGUF).map(({ range }) => range);
}

/** A first attempt that breaks off after so many bytes, and gives up. */
async function leftovers(bytes: number): Promise<{ world: HubWorld; partial: string; error: ParleyError }> {
  const world = await worldWith({ cutAfter: bytes, times: 1 }, { status: 404, times: 1 });
  const error = await errorOf(install(world.installer()));
  const staged = await readdir(join(world.modelsDir, '.downloads'), { recursive: true });
  const partial = staged.find((name) => name.endsWith('.partial')) ?? 'none';
  return { world, partial: join(world.modelsDir, '.downloads', partial), error };
}

describe('a transfer that breaks off', () => {
  it('goes on where it stopped, with the file that it began', async () => {
    const world = await worldWith({ cutAfter: 100_000, times: 1 });
    await install(world.installer());
    await expectInstalled(world);
    expect(ranges(world)).toEqual([null, 'bytes=100000-']);
    expect(world.hub.transfersOf(GGUF).map(({ sentBytes }) => sentBytes)).toEqual([100_000, 200_000]);
    expect(world.hub.transfersOf(GGUF)[1]?.ifRange).toMatch(/^"[0-9a-f]{64}"$/);
  });

  it('may break off more often than attempts are counted, as long as something comes', async () => {
    const world = await worldWith({ cutAfter: 25_000 });
    const retries = { attempts: 2, firstDelayMs: 100, longestDelayMs: 1000, longestRetryAfterMs: 1000 };
    await install(world.installer({ retries }));
    await expectInstalled(world);
    expect(ranges(world)).toHaveLength(12);
    expect(new Set(world.sleeps)).toEqual(new Set([100]));
  });

  it('is given up when nothing new comes, with pauses that grow, and keeps what there is', async () => {
    const world = await worldWith({ cutAfter: 50_000, times: 1 }, { cutAfter: 0 });
    const error = await errorOf(install(world.installer()));
    expect(error.code).toBe('overloaded');
    expect(error.message).toContain('could not be reached');
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    expect(world.sleeps).toEqual([500, 1000, 2000, 4000, 8000]);
    expect(await world.files()).toEqual([expect.stringMatching(/^\.downloads\/.*\/model\.gguf\.partial$/)]);
  });

  it('goes on after a stall', async () => {
    const world = await worldWith({ stallAfter: 100_000, times: 1 });
    await install(world.installer({ stallMs: 500 }));
    await expectInstalled(world);
    expect(world.hub.transfersOf(GGUF)[0]?.sentBytes).toBe(100_000);
    expect(ranges(world)).toEqual([null, 'bytes=100000-']);
  });

  it('begins anew when the server sends everything whatever was asked for', async () => {
    const world = await worldWith({ cutAfter: 100_000, times: 1 }, { ignoreRange: true });
    await install(world.installer());
    await expectInstalled(world);
    expect(world.hub.transfersOf(GGUF).map(({ sentBytes }) => sentBytes)).toEqual([100_000, SIZE]);
  });

  it('begins anew when the server does not know the range', async () => {
    const world = await worldWith({ cutAfter: 100_000, times: 1 }, { status: 416, times: 1 });
    await install(world.installer());
    await expectInstalled(world);
    expect(ranges(world)).toEqual([null, null]);
  });

  it('is given up when the server always begins anew and never gets further', async () => {
    const world = await worldWith({ cutAfter: 100_000, ignoreRange: true });
    expect((await errorOf(install(world.installer()))).code).toBe('overloaded');
    expect(ranges(world)).toHaveLength(6);
  });
});

describe('the next pull after a failure', () => {
  it('goes on with what lies on disk', async () => {
    const { world, error } = await leftovers(120_000);
    expect(error.code).toBe('model_not_found');
    await install(world.installer());
    await expectInstalled(world);
    expect(ranges(world)).toEqual([null, 'bytes=120000-']);
  });

  it('begins anew when what lies on disk turns out to be wrong', async () => {
    const { world, partial } = await leftovers(120_000);
    await writeFile(partial, someBytes(120_000, 7));
    await install(world.installer());
    await expectInstalled(world);
    expect(ranges(world)).toEqual([null, 'bytes=120000-', null]);
  });

  it('begins anew when more lies on disk than the file has', async () => {
    const { world, partial } = await leftovers(120_000);
    await writeFile(partial, someBytes(SIZE + 1));
    await install(world.installer());
    await expectInstalled(world);
    expect(ranges(world)).toEqual([null, null]);
  });

  it('needs no transfer when everything was there but the end', async () => {
    const { world, partial } = await leftovers(120_000);
    await writeFile(partial, CONTENT);
    await install(world.installer());
    await expectInstalled(world);
    expect(ranges(world)).toHaveLength(1);
  });
});

describe('wrong bytes', () => {
  it('install nothing and leave nothing', async () => {
    const world = await worldWith({ wrongBytes: true });
    const error = await errorOf(install(world.installer()));
    expect(error.code).toBe('model_load_failed');
    expect(error.message).toContain('do not match its digest');
    expect(await world.files()).toEqual([]);
  });

  it('leave an earlier version in its place', async () => {
    const world = await worldWith();
    await install(world.installer());
    const before = await world.content(`${REPO}/model.gguf.manifest.json`);
    await world.hub.commit(REPO, { 'model.gguf': someBytes(SIZE, 5) });
    world.hub.fault(GGUF, { wrongBytes: true });
    await errorOf(install(world.installer()));
    await expectInstalled(world);
    expect(await world.content(`${REPO}/model.gguf.manifest.json`)).toEqual(before);
  });

  it('are found after a resume as well', async () => {
    const world = await worldWith({ cutAfter: 100_000, wrongBytes: true, times: 1 });
    expect((await errorOf(install(world.installer()))).code).toBe('model_load_failed');
    expect(await world.files()).toEqual([]);
  });
});

describe('a hub that is busy', () => {
  it('is asked again after the seconds that it names', async () => {
    const world = await worldWith({ status: 429, retryAfter: '7', times: 1 });
    await install(world.installer());
    await expectInstalled(world);
    expect(world.sleeps).toEqual([7000]);
  });

  it('is asked again at the time that it names', async () => {
    const world = await worldWith({ status: 503, retryAfter: 'Fri, 01 May 2026 00:01:30 GMT', times: 1 });
    await install(world.installer());
    expect(world.sleeps).toEqual([90_000]);
  });

  it('is asked again after two minutes when it wants an hour', async () => {
    const world = await worldWith({ status: 429, retryAfter: '3600', times: 1 });
    await install(world.installer());
    expect(world.sleeps).toEqual([120_000]);
  });

  it('is asked again about the repository too', async () => {
    const world = await worldWith();
    world.hub.faultApi({ status: 502, times: 3 });
    await install(world.installer());
    await expectInstalled(world);
    expect(world.sleeps).toEqual([500, 1000, 2000]);
  });

  it('passes its own time on when it stays busy', async () => {
    const world = await worldWith({ status: 429, retryAfter: '30' });
    const error = await errorOf(install(world.installer()));
    expect([error.code, error.retryAfterSeconds]).toEqual(['overloaded', 30]);
    expect(world.sleeps).toHaveLength(5);
  });
});
