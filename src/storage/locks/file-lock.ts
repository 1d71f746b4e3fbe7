import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ParleyError, throwIfAborted } from '../../inference/errors.js';
import {
  isOfTheDead,
  LockWatch,
  readLock,
  THIS_PROCESS,
  type LockOwner,
  type LockRecord,
  type SeenLock,
} from './lock-record.js';

export interface LockOptions {
  /** A lock whose last heartbeat is older than this, and that does not beat, may be taken over; default 30 s. */
  readonly staleMs?: number;
  /** Default 5 s. */
  readonly heartbeatMs?: number;
  /** How often a waiter looks; default 0.5 s. */
  readonly pollMs?: number;
  /** Default: this process. Tests speak for several. */
  readonly owner?: LockOwner;
}

/**
 * A lock between processes that share a folder, be they on one machine or on several: a file that only one of them can
 * create. A holder that dies loses it; one that was only asleep learns of it through {@link lost}. The clocks of the
 * machines may differ, and may be set: a holder that beats keeps its lock.
 */
export class FileLock {
  private readonly losing = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly id: string,
    heartbeatMs: number,
  ) {
    // A beat that cannot be written is made up for by the next; the lock is lost when somebody takes it over.
    this.heartbeat = setInterval(() => void this.beat().catch(() => undefined), heartbeatMs).unref();
  }

  /** Aborts, with a `ParleyError` as its reason, when another process has taken the lock over. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Waits for the lock. Creates the folder of `path`. Rejects with the signal's reason, as a `ParleyError`. */
  static async acquire(path: string, signal: AbortSignal, options: LockOptions = {}): Promise<FileLock> {
    const { staleMs = 30_000, heartbeatMs = 5_000, pollMs = 500, owner = THIS_PROCESS } = options;
    const record: LockRecord = { ...owner, id: randomUUID() };
    const watch = new LockWatch(staleMs, heartbeatMs);
    for (;;) {
      throwIfAborted(signal);
      if (await create(path, record)) return new FileLock(path, record.id, heartbeatMs);
      const seen = await readLock(path);
      if (seen === null) continue;
      if (isOfTheDead(seen, owner) || watch.isSilent(seen)) await removeAbandoned(path, seen, record.id);
      else await delay(pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Gives the lock back, unless it was lost. */
  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    if (await this.isMine()) await rm(this.path, { force: true });
  }

  private async beat(): Promise<void> {
    if (await this.isMine()) {
      const now = new Date();
      await utimes(this.path, now, now);
    } else {
      clearInterval(this.heartbeat);
      this.losing.abort(takenOver());
    }
  }

  private async isMine(): Promise<boolean> {
    return (await readLock(this.path))?.record?.id === this.id;
  }
}

function takenOver(): ParleyError {
  return new ParleyError('overloaded', 'Another process has taken this work over: ask again.', {
    retryAfterSeconds: 5,
  });
}

async function create(path: string, record: LockRecord): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx');
    await file.writeFile(JSON.stringify(record));
    await file.close();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: whoever had the lock before has just removed the folder.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Removes the lock that was seen, and only that: of several waiters one may already have taken it over, and deleting by
 * name would then delete the new holder's. It is moved aside first and put back when it turns out to be another one.
 */
async function removeAbandoned(path: string, seen: SeenLock, id: string): Promise<void> {
  const aside = `${path}.${id}`;
  try {
    await rename(path, aside);
    const moved = await readLock(aside);
    if (moved?.record?.id !== seen.record?.id) await link(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
