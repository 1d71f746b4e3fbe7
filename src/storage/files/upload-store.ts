import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ParleyError } from '../../inference/errors.js';
import { unlessFull } from './full-disk.js';
import { sweepFolder } from './folder-sweep.js';

const SWEEP_EVERY_MS = 10 * 60_000;
/** A job may wait longer than its result is kept. */
const LEAST_TTL_SECONDS = 24 * 3600;
const ID = /^[0-9a-f]{64}$/;

/**
 * Files that clients sent, for jobs that read them later, in this process or in a worker that shares FILES_DIR. A file is
 * known by its content, so that the same request sent again names the same files; it is kept for FILES_TTL after it was
 * last sent, a day at least, and nobody removes it earlier.
 */
@Injectable()
export class UploadStore implements OnApplicationBootstrap, OnModuleDestroy {
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

  /** Keeps a file, written as it comes. @returns its id. Throws `insufficient_storage` when the disk is full. */
  put(content: AsyncIterable<Uint8Array>): Promise<string> {
    return unlessFull(() => this.write(content));
  }

  private async write(content: AsyncIterable<Uint8Array>): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const partial = join(this.folder, `${randomUUID()}.part`);
    const hash = createHash('sha256');
    try {
      await pipeline(
        content,
        async function* (chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(partial),
      );
      const id = hash.digest('hex');
      const path = this.pathOf(id);
      if (!(await touched(path, new Date()))) {
        await mkdir(dirname(path), { recursive: true });
        await rename(partial, path);
      }
      return id;
    } finally {
      await rm(partial, { force: true });
    }
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

  /** Removes what was last sent longer ago than it is kept. */
  sweep(now = Date.now()): Promise<void> {
    return sweepFolder(this.folder, Math.max(this.settings.filesTtl, LEAST_TTL_SECONDS), now);
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
