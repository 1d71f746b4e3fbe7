import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who holds a lock. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** One for each process: tells it from another that had the same number before, as all have in a container. */
  readonly token: string;
}

export const THIS_PROCESS: LockOwner = { pid: process.pid, host: hostname(), token: randomUUID() };

/** What a lock file says. */
export interface LockRecord extends LockOwner {
  /** One for each time that the lock is taken. */
  readonly id: string;
}

export interface SeenLock {
  /** Null for a file that is being written, or is none of ours. */
  readonly record: LockRecord | null;
  /** Time of the last heartbeat, in ms of the epoch. */
  readonly beatAt: number;
}

function isRecord(value: unknown): value is LockRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, host, token, id } = value as Record<keyof LockRecord, unknown>;
  return Number.isInteger(pid) && [host, token, id].every((field) => typeof field === 'string');
}

function parsed(text: string): LockRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Reads a lock file; null when there is none. */
export async function readLock(path: string): Promise<SeenLock | null> {
  try {
    const [text, { mtimeMs }] = [await readFile(path, 'utf8'), await stat(path)];
    return { record: parsed(text), beatAt: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the holder was on this host, and its process is dead or is this one, started anew. */
export function isOfTheDead({ record }: SeenLock, me: LockOwner): boolean {
  if (record?.host !== me.host) return false;
  return record.pid === me.pid ? record.token !== me.token : !isAlive(record.pid);
}

/** Watches for the heartbeats of a lock's holder. */
export class LockWatch {
  private seen: SeenLock | null = null;
  private since = 0;

  constructor(
    private readonly staleMs: number,
    private readonly heartbeatMs: number,
  ) {}

  /**
   * Whether the lock's last heartbeat is `staleMs` away by the clock, and none came for two heartbeats of watching: a
   * clock that is set forward makes every lock look old, one that is set back a dead one young for ever.
   */
  isSilent(lock: SeenLock): boolean {
    if (lock.record?.id !== this.seen?.record?.id || lock.beatAt !== this.seen?.beatAt) {
      this.seen = lock;
      this.since = performance.now();
    }
    return Math.abs(Date.now() - lock.beatAt) > this.staleMs && performance.now() - this.since >= 2 * this.heartbeatMs;
  }
}
