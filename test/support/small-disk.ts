import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './wait.js';

const MIB = 1024 ** 2;

/** A file system of its own, in memory, whose size can be changed while it is in use. Needs root. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  static create(mebibytes: number): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), 'parley-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', sizeOf(mebibytes * MIB), 'parley-test', folder]);
    const disk = new SmallDisk(folder);
    process.once('exit', disk.remove);
    return disk;
  }

  resize(mebibytes: number): void {
    this.remount(mebibytes * MIB);
  }

  /** Leaves room for no more than so many bytes: whatever is written beyond gets ENOSPC from the kernel. */
  leave(bytes: number): Promise<true> {
    return until('the disk to be full', async () => {
      const { blocks, bfree, bsize } = await statfs(this.folder);
      try {
        this.remount((blocks - bfree) * bsize + bytes);
        return true;
      } catch {
        return undefined; // somebody has written more in between
      }
    });
  }

  readonly remove = (): void => {
    process.removeListener('exit', this.remove);
    execFileSync('umount', ['--lazy', this.folder]);
    rmdirSync(this.folder);
  };

  private remount(bytes: number): void {
    execFileSync('mount', ['-o', `remount,${sizeOf(bytes)}`, this.folder], { stdio: 'pipe' });
  }
}

function sizeOf(bytes: number): string {
  return `size=${String(bytes)}`;
}
