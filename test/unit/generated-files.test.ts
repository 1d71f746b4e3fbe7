import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GeneratedFiles } from '../../src/storage/files/generated-files.js';

const TTL_SECONDS = 100;
const BYTES = Buffer.from('a picture, say');

let filesDir: string;
let files: GeneratedFiles;

beforeEach(() => {
  filesDir = mkdtempSync(join(tmpdir(), 'parley-generated-'));
  files = new GeneratedFiles({ filesDir, filesTtl: TTL_SECONDS });
});
afterEach(() => rmSync(filesDir, { recursive: true, force: true }));

const kept = (): string[] => readdirSync(join(filesDir, 'generated'));
const inSeconds = (seconds: number): number => Date.now() + seconds * 1000;

/** Opens a file as the route does, and reads what it would send. */
async function opened(id: string): Promise<{ bytes: Buffer; contentType: string; expiresAt: Date } | null> {
  const file = await files.open(id);
  if (file === null) return null;
  try {
    const bytes = await file.handle.readFile();
    expect(file.bytes).toBe(bytes.length);
    return { bytes, contentType: file.contentType, expiresAt: file.expiresAt };
  } finally {
    await file.handle.close();
  }
}

describe('files that the service has made', () => {
  it('come back by their ids, with their content type and the time of their end', async () => {
    const before = Date.now();
    const id = await files.put(BYTES, 'jpg');
    const file = await opened(id);
    expect(file).toMatchObject({ bytes: BYTES, contentType: 'image/jpeg' });
    // The clock of the file system may be a tick behind.
    expect(file?.expiresAt.getTime()).toBeGreaterThanOrEqual(before - 1000 + TTL_SECONDS * 1000);
    expect(file?.expiresAt.getTime()).toBeLessThanOrEqual(inSeconds(TTL_SECONDS));
    expect(await files.read(id)).toEqual(BYTES);
  });

  it('have ids that nobody guesses: the same content twice is two files', async () => {
    const ids = await Promise.all([files.put(BYTES, 'png'), files.put(BYTES, 'png')]);
    expect(ids[0]).not.toBe(ids[1]);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{32}\.png$/); // 24 random bytes
    expect(kept().sort()).toEqual(ids.sort());
  });

  it('can be removed, also twice', async () => {
    const [id, other] = [await files.put(BYTES, 'png'), await files.put(BYTES, 'wav')];
    await files.remove(id);
    await files.remove(id);
    expect(await files.read(id)).toBeNull();
    expect(await opened(id)).toBeNull();
    expect(kept()).toEqual([other]);
  });

  it('go when FILES_TTL is over, and not before', async () => {
    const id = await files.put(BYTES, 'png');
    await files.sweep(inSeconds(TTL_SECONDS - 1));
    expect(kept()).toEqual([id]);
    await files.sweep(inSeconds(TTL_SECONDS + 1));
    expect(kept()).toEqual([]);
    expect(await files.read(id)).toBeNull();
  });

  it('go with what a crash left half-written', async () => {
    await files.put(BYTES, 'png');
    writeFileSync(join(filesDir, 'generated', `${'a'.repeat(32)}.png.part`), 'half');
    await files.sweep(inSeconds(TTL_SECONDS + 1));
    expect(kept()).toEqual([]);
  });

  it('are not sent when their time is over, even before they are swept', async () => {
    const id = await files.put(BYTES, 'png');
    const hasty = new GeneratedFiles({ filesDir, filesTtl: -1 });
    expect(await hasty.open(id)).toBeNull();
    expect(kept()).toEqual([id]);
  });

  it('are swept where there are none yet', async () => {
    await expect(files.sweep()).resolves.toBeUndefined();
  });

  it.each([
    '../secret.png',
    '..%2Fsecret.png',
    `${'a'.repeat(29)}/..png`,
    `${'a'.repeat(32)}.txt`,
    `${'a'.repeat(32)}.png.part`,
    `${'a'.repeat(31)}.png`,
    '',
  ])('are all that an id opens: not %j', async (id) => {
    const secret = join(filesDir, 'secret.png');
    writeFileSync(secret, BYTES);
    mkdirSync(join(filesDir, 'generated'));
    writeFileSync(join(filesDir, 'generated', `${'a'.repeat(32)}.png.part`), BYTES);
    expect(await files.read(id)).toBeNull();
    expect(await files.open(id)).toBeNull();
    await files.remove(id);
    expect(readFileSync(secret)).toEqual(BYTES);
    expect(kept()).toHaveLength(1);
  });
});
