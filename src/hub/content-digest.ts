import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { PlannedFile } from './pull-plan.js';

/** The digests of one file's content, which has to be given from its beginning. */
export class ContentDigest {
  private readonly sha256 = createHash('sha256');
  private readonly gitSha1;
  private size = 0;

  constructor(private readonly file: PlannedFile) {
    this.gitSha1 = file.gitSha1 === null ? null : createHash('sha1').update(`blob ${String(file.size)}\0`);
  }

  add(chunk: Uint8Array): void {
    this.sha256.update(chunk);
    this.gitSha1?.update(chunk);
    this.size += chunk.byteLength;
  }

  /** The SHA-256 in hex when size and digest are those that the hub gave, else null. To be called once. */
  verified(): string | null {
    const sha256 = this.sha256.digest('hex');
    const matches =
      this.size === this.file.size &&
      (this.file.sha256 === null || this.file.sha256 === sha256) &&
      (this.gitSha1 === null || this.gitSha1.digest('hex') === this.file.gitSha1);
    return matches ? sha256 : null;
  }
}

/** Reads a file on disk into a digest. Rejects with the signal's reason when it aborts. */
export async function addFile(digest: ContentDigest, path: string, signal: AbortSignal): Promise<void> {
  const stream = createReadStream(path, { highWaterMark: 1024 ** 2 });
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted();
    digest.add(chunk);
  }
}
