import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { ParleyError } from '../inference/errors.js';

const SWEEP_EVERY_MS = 10 * 60_000;
const ID = /^[0-9a-f]{64}$/;

/**
 * Files that clients sent, for jobs that read them later, in this process or in a worker that shares FILES_DIR. A file is
 * known by its content, so that the same request sent again names the same files; it is kept for a while after it was
 * last sent, and nobody removes it earlier.
 */
@Injectable()
export class UploadStore implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('Files');
  private readonly folder: string;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(@Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'filesDir' | 'filesTtl'>) {
    this.folder = join(settings.filesDir, 'uploads');
  }

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => void this.sweep(), SWEEP_EVERY_MS).unref();
    void this.sweep();
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeping);
  }

  /** Keeps a file. @returns its id. */
  async put(bytes: Uint8Array): Promise<string> {
    const id = createHash('sha256').update(bytes).digest('hex');
    const path = this.pathOf(id);
    const now = new Date();
    if (await touched(path, now)) return id;
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.${randomUUID()}`;
    await writeFile(partial, bytes);
    await rename(partial, path);
    return id;
  }

  /** Throws `invalid_request` for a file that is no longer kept. */
  async get(id: string): Promise<Uint8Array> {
    const path = this.pathOf(id);
    try {
      return await readFile(path);
    } catch (error) {
      throw new ParleyError('invalid_request', 'The file that was sent is no longer kept: send it again.', {
        cause: error,
      });
    }
  }

  /** Removes what is older than FILES_TTL. */
  async sweep(now = Date.now()): Promise<void> {
    try {
      const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
      for (const entry of entries) if (entry.isFile()) await this.removeIfOld(join(entry.parentPath, entry.name), now);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.log.warn(`files are left: ${String(error)}`);
    }
  }

  private async removeIfOld(path: string, now: number): Promise<void> {
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > this.settings.filesTtl * 1000) await rm(path, { force: true });
  }

  private pathOf(id: string): string {
    if (!ID.test(id)) throw new Error('no id of a file');
    return join(this.folder, id.slice(0, 2), id);
  }
}

/** Marks a file as just sent. @returns false when it is not there. */
async function touched(path: string, now: Date): Promise<boolean> {
  try {
    await utimes(path, now, now);
    return true;
  } catch {
    return false;
  }
}
