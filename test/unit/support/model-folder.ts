import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { InitError } from '../../../src/inference/engines/engine.js';

/** A folder for the files of a model; a fresh one for each test. */
export class ModelFolder {
  path = '';

  async create(): Promise<void> {
    this.path = await mkdtemp(join(tmpdir(), 'parley-model-'));
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true });
  }

  async put(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, file)), { recursive: true });
      await writeFile(join(this.path, file), content);
    }
  }

  /** What a model's files are refused with, which never says where they lie. */
  async refusalOf(work: () => Promise<unknown>): Promise<string> {
    const error = await work().then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof InitError)) throw new Error(`not refused: ${String(error)}`);
    expect(error.failure).toBe('invalid-file');
    expect(error.message).not.toContain(this.path);
    return error.message;
  }
}
