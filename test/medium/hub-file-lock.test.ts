import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileLock, type LockOptions } from '../../src/storage/locks/file-lock.js';
import { THIS_PROCESS, type LockRecord } from '../../src/storage/locks/lock-record.js';
import { errorOf } from './support/errors.js';
import { outcome } from './support/gate.js';

/** Longer than any test: what only time would free is never free. */
const HOUR_MS = 3_600_000;
const NEVER_MS = 3_600_000;

async function lockPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'deep', 'down', 'a.lock');
}

function acquire(path: string, options: LockOptions = {}): Promise<FileLock> {
  return FileLock.acquire(path, new AbortController().signal, { staleMs: NEVER_MS, pollMs: 1, ...options });
}

/** The lock file of somebody else. */
async function heldBy(path: string, record: Partial<LockRecord>): Promise<void> {
  const lock = await acquire(path);
  await lock.release();
  await writeFile(path, JSON.stringify({ pid: 1, host: 'elsewhere', token: 'theirs', id: 'their lock', ...record }));
}

async function idAt(path: string): Promise<unknown> {
  return (JSON.parse(await readFile(path, 'utf8')) as LockRecord).id;
}

/** A process that lives until it is killed. */
async function livingProcess(): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return { pid: child.pid ?? -1, kill };
}

describe('a lock', () => {
  it('is held by one at a time', async () => {
    const path = await lockPath();
    const order: string[] = [];
    const first = await acquire(path);
    const second = acquire(path).then((lock) => {
      order.push('taken');
      return lock;
    });
    expect(await outcome(second)).toBe('pending');
    order.push('released');
    await first.release();
    await (await second).release();
    expect(order).toEqual(['released', 'taken']);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('is held by one at a time when many want it', async () => {
    const path = await lockPath();
    let holders = 0;
    const most: number[] = [];
    const use = async (): Promise<void> => {
      const lock = await acquire(path);
      most.push(++holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders--;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 12 }, use));
    expect(most).toEqual(Array.from({ length: 12 }, () => 1));
  });

  it('is waited for no longer than the signal lets', async () => {
    const path = await lockPath();
    await acquire(path);
    const leaving = new AbortController();
    const waiting = FileLock.acquire(path, leaving.signal, { staleMs: NEVER_MS, pollMs: NEVER_MS });
    leaving.abort();
    expect((await errorOf(waiting)).code).toBe('cancelled');
  });
});

describe('the lock of a process', () => {
  it('on this host is free as soon as the process is dead', async () => {
    const path = await lockPath();
    const other = await livingProcess();
    await heldBy(path, { pid: other.pid, host: hostname() });
    const mine = acquire(path);
    expect(await outcome(mine)).toBe('pending');
    expect(await idAt(path)).toBe('their lock');
    await other.kill();
    await (await mine).release();
  });

  it('is free when this very process held it in an earlier life', async () => {
    const path = await lockPath();
    await heldBy(path, { pid: process.pid, host: hostname() });
    await (await acquire(path)).release();
  });

  it('is not free when it is this process in this life', async () => {
    const path = await lockPath();
    await heldBy(path, THIS_PROCESS);
    const mine = acquire(path);
    expect(await outcome(mine)).toBe('pending');
    expect(await idAt(path)).toBe('their lock');
    await rm(path);
    await (await mine).release();
  });

  it('on another host is free when it has not been heard of for long', async () => {
    const path = await lockPath();
    await heldBy(path, { pid: process.pid });
    const mine = acquire(path, { staleMs: 30_000, heartbeatMs: 5 });
    expect(await outcome(mine)).toBe('pending');
    const then = new Date(Date.now() - 31_000);
    await utimes(path, then, then);
    await (await mine).release();
  });

  it('is free after that time even when it says nothing', async () => {
    const path = await lockPath();
    await heldBy(path, {});
    await writeFile(path, '');
    const then = new Date(Date.now() - 31_000);
    await utimes(path, then, then);
    await (await acquire(path, { staleMs: 30_000, heartbeatMs: 5 })).release();
  });

  it('is not free while it beats, however old its beats look to a clock that was set forward', async () => {
    const path = await lockPath();
    await heldBy(path, { pid: process.pid });
    let beats = 0;
    const beat = async (): Promise<void> => {
      const then = new Date(Date.now() - HOUR_MS + ++beats);
      await utimes(path, then, then);
    };
    await beat();
    const mine = acquire(path, { staleMs: 30_000, heartbeatMs: 50 });
    while (beats < 200) {
      await beat();
      await delay(1);
      expect(await idAt(path)).toBe('their lock');
    }
    await (await mine).release();
  });

  it('is free when it does not beat, however young it looks to a clock that was set back', async () => {
    const path = await lockPath();
    await heldBy(path, { pid: process.pid });
    const then = new Date(Date.now() + HOUR_MS);
    await utimes(path, then, then);
    await (await acquire(path, { staleMs: 30_000, heartbeatMs: 5 })).release();
  });

  it('goes to one of many who find it abandoned', async () => {
    const path = await lockPath();
    await heldBy(path, { pid: process.pid, host: hostname() });
    let holders = 0;
    const use = async (): Promise<void> => {
      const lock = await acquire(path);
      expect(++holders).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      holders--;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 8 }, use));
  });
});

describe('a holder', () => {
  it('keeps its lock fresh', async () => {
    const path = await lockPath();
    const lock = await acquire(path, { heartbeatMs: 5 });
    const then = new Date(0);
    await utimes(path, then, then);
    while ((await stat(path)).mtimeMs === 0) await new Promise((resolve) => setImmediate(resolve));
    await lock.release();
  });

  it('learns that another has taken over, and leaves that one its lock', async () => {
    const path = await lockPath();
    const asleep = await acquire(path, { heartbeatMs: 5, owner: { pid: 1, host: 'a', token: 'a' } });
    const lost = once(asleep.lost, 'abort');
    const taker = await acquire(path, {
      staleMs: -NEVER_MS,
      heartbeatMs: 0,
      owner: { pid: 1, host: 'b', token: 'b' },
    });
    await lost;
    await asleep.release();
    await stat(path);
    expect(taker.lost.aborted).toBe(false);
    await taker.release();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});
