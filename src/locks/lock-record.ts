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

/**
 * Whether the holder is gone: it has not been heard of for `staleMs`; or it was on this host, and its process is dead
 * or is this one, started anew.
 */
export function isAbandoned({ record, beatAt }: SeenLock, me: LockOwner, staleMs: number): boolean {
  if (Date.now() - beatAt > staleMs) return true;
  if (record?.host !== me.host) return false;
  return record.pid === me.pid ? record.token !== me.token : !isAlive(record.pid);
}
