import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The wall clock of a process that is started with {@link env}, which can be set while it runs. Its monotonic clock, and
 * the times of files, are left alone, as where an operator sets a machine's clock. Needs the Debian package faketime.
 */
export class FakedClock {
  readonly env: Readonly<Record<string, string>>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-clock-'));
  private readonly offset = join(this.folder, 'offset');

  constructor() {
    this.set('+0');
    this.env = {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: this.offset,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /** `+3600`, `-1d`: from now on so far from the real time. */
  set(offset: string): void {
    const next = `${this.offset}.next`;
    writeFileSync(next, `${offset}\n`);
    renameSync(next, this.offset); // never seen half written
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function library(): string {
  const root = '/usr/lib';
  const places = readdirSync(root).map((triple) => join(root, triple, 'faketime/libfaketimeMT.so.1'));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error('faketime is not installed: apt-get install faketime');
  return found;
}
