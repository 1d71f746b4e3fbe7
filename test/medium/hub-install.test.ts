import { createHash } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PullPlan } from '../../src/hub/pull-plan.js';
import { Staging } from '../../src/hub/staging.js';
import type { Manifest } from '../../src/inference/catalogue/manifest.js';
import { askerOf, GGUF, hubWorld, install, MIB, pullOf, REPO, someBytes } from '../support/hub-world.js';
import { errorOf } from './support/errors.js';

const CONTENT = someBytes(300_000);
const CONFIG = Buffer.from('{"vocab": 3}');

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Puts a folder where a file belongs, so that moving the file there fails. */
async function obstruct(path: string): Promise<void> {
  await mkdir(join(path, 'in-the-way'), { recursive: true });
}

describe('a pull of one file', () => {
  it('installs the file, and beside it where it is from', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    const manifest = await install(world.installer(), { name: 'My-Model' });
    expect(manifest).toEqual({
      version: 1,
      name: 'My-Model',
      repo: REPO,
      revision: world.hub.commitOf(REPO),
      files: [{ path: 'model.gguf', size: 300_000, sha256: sha256(CONTENT) }],
      installedAt: '2026-05-01T00:00:00.000Z',
    } satisfies Manifest);
    expect(await world.files()).toEqual([`${REPO}/My-Model.manifest.json`, GGUF]);
    expect(JSON.parse((await world.content(`${REPO}/My-Model.manifest.json`)).toString())).toEqual(manifest);
    expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
  });

  it('tells the plan, and progress from the first byte to the last', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    const plans: PullPlan[] = [];
    const steps: number[] = [];
    await world.installer().install(pullOf(), {
      ...askerOf(),
      onPlan: (plan) => plans.push(plan),
      onProgress: ({ doneBytes, totalBytes }) => {
        expect(totalBytes).toBe(300_000);
        steps.push(doneBytes);
      },
    });
    const file = { path: 'model.gguf', size: 300_000, sha256: sha256(CONTENT), gitSha1: null };
    expect(plans).toEqual([
      { repo: REPO, revision: world.hub.commitOf(REPO), files: [file], totalBytes: 300_000 } satisfies PullPlan,
    ]);
    expect([steps[0], steps.at(-1)]).toEqual([0, 300_000]);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it('verifies a file that git itself keeps', async () => {
    const world = await hubWorld({ [REPO]: { 'config.json': CONFIG } });
    const manifest = await install(world.installer(), { name: 'config', files: ['config.json'] });
    expect(manifest.files).toEqual([{ path: 'config.json', size: CONFIG.length, sha256: sha256(CONFIG) }]);
  });

  it('refuses other bytes in a file that git itself keeps', async () => {
    const world = await hubWorld({ [REPO]: { 'config.json': CONFIG } });
    world.hub.fault(`${REPO}/config.json`, { wrongBytes: true });
    const error = await errorOf(install(world.installer(), { name: 'config', files: ['config.json'] }));
    expect(error.code).toBe('model_load_failed');
    expect(await world.files()).toEqual([]);
  });

  it('works with an empty file and with names that need escaping', async () => {
    const files = { 'a b/c#d%20?.gguf': CONTENT, 'empty.json': Buffer.alloc(0) };
    const world = await hubWorld({ [REPO]: files });
    await install(world.installer(), { name: 'odd', files: Object.keys(files) });
    expect(await world.files()).toEqual([
      `${REPO}/a b/c#d%20?.gguf`,
      `${REPO}/empty.json`,
      `${REPO}/odd.manifest.json`,
    ]);
  });

  it('writes the manifest before the file shows', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    await obstruct(join(world.modelsDir, GGUF));
    expect((await errorOf(install(world.installer()))).code).toBe('internal');
    expect(await world.files()).toContain(`${REPO}/model.gguf.manifest.json`);
  });

  it('takes the revision that was asked for, and another one later', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    const first = world.hub.commitOf(REPO);
    const second = await world.hub.commit(REPO, { 'model.gguf': someBytes(200_000, 2) });
    expect((await install(world.installer(), { revision: first })).revision).toBe(first);
    expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
    expect((await install(world.installer())).revision).toBe(second);
    expect((await world.content(GGUF)).length).toBe(200_000);
  });

  it('reads a file from disk on the hub, behind a path of its host', async () => {
    const world = await hubWorld({}, { prefix: '/mirrors/hf' });
    const onDisk = join(world.modelsDir, 'source');
    await writeFile(onDisk, CONTENT);
    await world.hub.commit(REPO, { 'model.gguf': { path: onDisk } });
    await install(world.installer());
    expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
  });

  it('follows a repository to its new name', async () => {
    const world = await hubWorld({ 'user/new': { 'model.gguf': CONTENT } });
    world.hub.rename(REPO, 'user/new');
    await install(world.installer());
    expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
  });
});

describe('a pull of several files', () => {
  const FILES = { 'model.gguf': CONTENT, 'config/config.json': CONFIG, 'vocab.bin': someBytes(70_000, 3) };

  it('installs all of them under one manifest, in the order that was asked for', async () => {
    const world = await hubWorld({ [REPO]: FILES });
    const files = ['model.gguf', 'vocab.bin', 'config/config.json'];
    const manifest = await install(world.installer(), { name: 'whole', files });
    expect(manifest.files.map(({ path }) => path)).toEqual(files);
    expect(await world.files()).toEqual([
      `${REPO}/config/config.json`,
      GGUF,
      `${REPO}/vocab.bin`,
      `${REPO}/whole.manifest.json`,
    ]);
  });

  it('writes the manifest last', async () => {
    const world = await hubWorld({ [REPO]: FILES });
    await obstruct(join(world.modelsDir, REPO, 'vocab.bin'));
    const files = ['model.gguf', 'vocab.bin'];
    expect((await errorOf(install(world.installer(), { name: 'whole', files }))).code).toBe('internal');
    expect(await world.files()).toContain(GGUF);
    expect(await world.files()).not.toContain(`${REPO}/whole.manifest.json`);
  });

  it('installs nothing when the last of them has wrong bytes', async () => {
    const world = await hubWorld({ [REPO]: FILES });
    world.hub.fault(`${REPO}/vocab.bin`, { wrongBytes: true });
    const error = await errorOf(install(world.installer(), { name: 'whole', files: ['model.gguf', 'vocab.bin'] }));
    expect(error.code).toBe('model_load_failed');
    expect(await world.files()).toEqual([]);
  });
});

describe('what is there already', () => {
  it('is not downloaded again', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    const first = await install(world.installer());
    world.now += 60_000;
    expect(await install(world.installer())).toEqual(first);
    expect(world.hub.transfersOf(GGUF)).toHaveLength(1);
  });

  it('is repaired when it was cut short or removed since', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    await install(world.installer());
    await writeFile(join(world.modelsDir, GGUF), CONTENT.subarray(0, 1000));
    await install(world.installer());
    expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
    await rm(join(world.modelsDir, GGUF));
    await install(world.installer());
    expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
  });

  it('gets a manifest when it was copied in by hand', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    const target = join(world.modelsDir, GGUF);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, CONTENT);
    await install(world.installer());
    expect(world.hub.transfersOf(GGUF)).toHaveLength(0);
    expect(await world.files()).toContain(`${REPO}/model.gguf.manifest.json`);
  });

  it('is replaced when its bytes are others', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    const target = join(world.modelsDir, GGUF);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, someBytes(300_000, 9));
    await install(world.installer());
    expect(CONTENT.equals(await world.content(GGUF))).toBe(true);
  });
});

describe('a disk without room', () => {
  it('is noticed before the first byte, with both figures', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': someBytes(3 * MIB) } });
    const error = await errorOf(install(world.installer({ freeBytes: () => Promise.resolve(258 * MIB) })));
    expect(error.code).toBe('insufficient_storage');
    expect(error.message).toContain('259.0 MiB');
    expect(error.message).toContain('258.0 MiB are free');
    expect(world.hub.transfersOf(GGUF)).toHaveLength(0);
    expect(await world.files()).toEqual([]);
  });

  it('counts what is on disk already', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': someBytes(3 * MIB) } });
    world.hub.fault(GGUF, { cutAfter: 2 * MIB, times: 1 }, { status: 404, times: 1 });
    await errorOf(install(world.installer()));
    const manifest = await install(world.installer({ freeBytes: () => Promise.resolve(258 * MIB) }));
    expect(manifest.files[0]?.size).toBe(3 * MIB);
  });

  it.skipIf(process.platform !== 'linux')('is told when it comes in the middle of a file', async () => {
    const world = await hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
    const file = { path: 'model.gguf', size: CONTENT.length, sha256: sha256(CONTENT), gitSha1: null };
    const plan = { repo: REPO, revision: world.hub.commitOf(REPO), files: [file], totalBytes: CONTENT.length };
    const partial = new Staging(world.modelsDir, plan).partialOf(file);
    await mkdir(dirname(partial), { recursive: true });
    await symlink('/dev/full', partial); // opens like a file, and has no room
    const error = await errorOf(install(world.installer()));
    expect(error.code).toBe('insufficient_storage');
    expect(error.message).toContain('became full');
  });
});
