import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UploadStore } from '../../src/storage/files/upload-store.js';
import { ParleyError } from '../../src/inference/errors.js';

const TTL_SECONDS = 100_000;
const BYTES = Buffer.from('a picture, say');

let filesDir: string;
let uploads: UploadStore;

beforeEach(() => {
  filesDir = mkdtempSync(join(tmpdir(), 'parley-files-'));
  uploads = new UploadStore({ filesDir, filesTtl: TTL_SECONDS });
});
afterEach(() => rmSync(filesDir, { recursive: true, force: true }));

const from = (...chunks: Uint8Array[]): Readable => Readable.from(chunks);

const filesKept = (): string[] =>
  readdirSync(filesDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

describe('files that clients sent', () => {
  it('come back by their ids', async () => {
    const id = await uploads.put(from(BYTES));
    expect(await uploads.get(id)).toEqual(BYTES);
    expect(await uploads.get(await uploads.put(from()))).toEqual(Buffer.alloc(0));
  });

  it('are kept once for all who send the same', async () => {
    const ids = await Promise.all([
      uploads.put(from(BYTES)),
      uploads.put(from(BYTES)),
      uploads.put(from(Buffer.from('another'))),
    ]);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(filesKept().sort()).toEqual([...new Set(ids)].sort());
  });

  it('are not kept in part when they do not come whole', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(BYTES);
      throw new Error('the client has left');
    }
    await expect(uploads.put(broken())).rejects.toThrow('the client has left');
    expect(filesKept()).toEqual([]);
  });

  it('stay a day, however soon generated files go', async () => {
    const hasty = new UploadStore({ filesDir, filesTtl: 60 });
    const id = await hasty.put(from(BYTES));
    await hasty.sweep(Date.now() + 23 * 3600_000);
    expect(await hasty.get(id)).toEqual(BYTES);
    await hasty.sweep(Date.now() + 25 * 3600_000);
    expect(filesKept()).toEqual([]);
  });

  it('go when they have grown old', async () => {
    const id = await uploads.put(from(BYTES));
    const sent = Date.now();
    await uploads.sweep(sent + (TTL_SECONDS - 5) * 1000);
    expect(await uploads.get(id)).toEqual(BYTES);
    await uploads.sweep(sent + (TTL_SECONDS + 5) * 1000);
    expect(filesKept()).toEqual([]);
    const error: unknown = await uploads.get(id).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ParleyError);
    expect(error).toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('send it again') as unknown,
    });
  });

  it('are no way to other files', async () => {
    await expect(uploads.get('../../etc/passwd')).rejects.toThrow('no id of a file');
  });

  it('may be looked through before there are any', async () => {
    await uploads.sweep();
    expect(filesKept()).toEqual([]);
  });
});
