import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { unlessFull } from './full-disk.js';
import { sweepFolder } from './folder-sweep.js';

const SWEEP_EVERY_MS = 60_000;

/** Kinds of files that the service makes: the ending of the name → its content type. */
export const FILE_TYPES = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  wav: 'audio/wav',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  pcm: 'audio/pcm',
} as const;

export type FileType = keyof typeof FILE_TYPES;

const ID = new RegExp(`^[A-Za-z0-9_-]{32}\\.(${Object.keys(FILE_TYPES).join('|')})$`);

/** A file that is open, to be closed by who asked for it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly contentType: string;
  readonly expiresAt: Date;
}

/** What to put over which places of a file once its length is known. */
type Patches = (fileBytes: number) => readonly { readonly at: number; readonly bytes: Uint8Array }[];

/**
 * Files that the service has made, below FILES_DIR. Whoever knows the id of one may have it until FILES_TTL is over, so an
 * id cannot be guessed.
 */
@Injectable()
export class GeneratedFiles implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly folder: string;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(@Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'filesDir' | 'filesTtl'>) {
    this.folder = join(settings.filesDir, 'generated');
  }

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => void this.sweep(), SWEEP_EVERY_MS).unref();
    void this.sweep();
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeping);
  }

  /** Keeps a file. @returns its id. */
  put(bytes: Uint8Array, type: FileType): Promise<string> {
    return this.write(Readable.from([bytes]), type);
  }

  /**
   * Keeps a file that comes piece by piece. `patches` says what to put over which places of it once its length is known.
   * @returns its id. Throws `insufficient_storage` when the disk is full.
   */
  write(pieces: AsyncIterable<Uint8Array>, type: FileType, patches: Patches = () => []): Promise<string> {
    return unlessFull(() => this.writeNew(pieces, type, patches));
  }

  private async writeNew(pieces: AsyncIterable<Uint8Array>, type: FileType, patches: Patches): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const id = newId(type);
    const partial = join(this.folder, `${id}.part`);
    try {
      const handle = await open(partial, 'w');
      try {
        let size = 0;
        for await (const piece of pieces) {
          await handle.writeFile(piece);
          size += piece.length;
        }
        for (const { at, bytes } of patches(size)) await handle.write(bytes, 0, bytes.length, at);
      } finally {
        await handle.close();
      }
      await rename(partial, join(this.folder, id));
      return id;
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** Null when there is no such file, or no longer. */
  async open(id: string): Promise<OpenFile | null> {
    const contentType = contentTypeOf(id);
    if (contentType === null) return null;
    const handle = await open(join(this.folder, id)).catch(() => null);
    if (handle === null) return null;
    const { size, mtimeMs } = await handle.stat();
    const expiresAt = new Date(mtimeMs + this.settings.filesTtl * 1000);
    if (expiresAt.getTime() > Date.now()) return { handle, bytes: size, contentType, expiresAt };
    await handle.close();
    return null;
  }

  /** All of a file; null when there is no such file, or no longer. */
  async read(id: string): Promise<Buffer | null> {
    if (contentTypeOf(id) === null) return null;
    return readFile(join(this.folder, id)).catch(() => null);
  }

  async remove(id: string): Promise<void> {
    if (contentTypeOf(id) !== null) await rm(join(this.folder, id), { force: true });
  }

  /** Removes what has expired. */
  sweep(now = Date.now()): Promise<void> {
    return sweepFolder(this.folder, this.settings.filesTtl, now);
  }
}

function newId(type: FileType): string {
  return `${randomBytes(24).toString('base64url')}.${type}`;
}

/** Null for what is no id of a file. */
export function contentTypeOf(id: string): string | null {
  const type = ID.exec(id)?.[1];
  return type === undefined ? null : FILE_TYPES[type as FileType];
}
