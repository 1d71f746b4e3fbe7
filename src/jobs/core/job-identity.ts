import { createHash, randomBytes } from 'node:crypto';
import type { JobRequester } from './job-requester.js';
import { isJobKind, type JobKind } from '../kinds/kinds.js';

/**
 * An id of a job: its kind, and what nobody can guess. A key's `Idempotency-Key` always leads to the same one, so that
 * the store itself keeps a second job out; `round` counts the jobs of that key that were cancelled.
 */
export function jobIdFor(kind: JobKind, { keyId, idempotencyKey }: JobRequester, round: number): string {
  if (idempotencyKey === null) return `${kind}_${randomBytes(12).toString('hex')}`;
  const hash = createHash('sha256').update(JSON.stringify([keyId, kind, idempotencyKey, round]));
  return `${kind}_${hash.digest('hex').slice(0, 24)}`;
}

/** The id of a job's child: the same however often the parent is added. */
export function childIdOf(kind: JobKind, parentId: string, index: number): string {
  const hash = createHash('sha256').update(JSON.stringify([parentId, index]));
  return `${kind}_${hash.digest('hex').slice(0, 24)}`;
}

/** What is no id is not asked of the store, which stumbles over some of it. */
const JOB_ID = /^([a-z-]+)_[0-9a-f]{24}$/;

export function kindOfId(id: string): JobKind | null {
  const kind = JOB_ID.exec(id)?.[1] ?? '';
  return isJobKind(kind) ? kind : null;
}

/** Equal for equal requests. Not to be had from the stored payload: PostgreSQL gives its keys back in another order. */
export function fingerprintOf(reply: string, payload: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([reply, payload]))
    .digest('hex');
}
