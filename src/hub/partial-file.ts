import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { addFile, ContentDigest } from './content-digest.js';
import type { PlannedFile } from './pull-plan.js';

/** The part of a file that is on disk so far, and its digest. Whoever opens it closes it. */
export class PartialFile {
  private constructor(
    private readonly handle: FileHandle,
    private readonly file: PlannedFile,
    private digest: ContentDigest,
    private written: number,
    private earlier: boolean,
  ) {}

  /** Bytes on disk. */
  get size(): number {
    return this.written;
  }

  /** Whether some of the bytes are from before this was opened: another process may have written them, or lost power. */
  get hasEarlierBytes(): boolean {
    return this.earlier;
  }

  /** Opens or creates it, and reads what an earlier attempt has left. */
  static async open(path: string, file: PlannedFile, signal: AbortSignal): Promise<PartialFile> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
    try {
      let { size } = await handle.stat();
      if (size > file.size) {
        await handle.truncate(0);
        size = 0;
      }
      const digest = new ContentDigest(file);
      if (size > 0) await addFile(digest, path, signal);
      return new PartialFile(handle, file, digest, size, size > 0);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async append(chunk: Uint8Array): Promise<void> {
    // Always at its place: should two processes ever write at once, they write the same bytes to the same places.
    for (let done = 0; done < chunk.byteLength;) {
      const { bytesWritten } = await this.handle.write(chunk, done, chunk.byteLength - done, this.written + done);
      done += bytesWritten;
    }
    this.digest.add(chunk);
    this.written += chunk.byteLength;
  }

  /** Forgets everything. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.digest = new ContentDigest(this.file);
    this.written = 0;
    this.earlier = false;
  }

  /** Its SHA-256, once it is complete, matches what the hub said and has reached the disk; else null. */
  async finish(): Promise<string | null> {
    const sha256 = this.digest.verified();
    if (sha256 !== null) await this.handle.sync();
    return sha256;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
