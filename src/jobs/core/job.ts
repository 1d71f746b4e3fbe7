import type { Job } from 'bullmq';
import type { ErrorCode } from '../../inference/errors.js';
import type { JobKind, JobPayloads } from '../kinds/kinds.js';

export const JOB_STATES = ['queued', 'active', 'completed', 'failed', 'cancelled'] as const;

export type JobState = (typeof JOB_STATES)[number];

export interface JobProgress {
  readonly done: number;
  readonly total: number;
  /** What is counted: `bytes`, `steps`, `files`, `sentences`. */
  readonly unit: string;
  /** Seconds until the end at the pace so far; null while that is not known. */
  readonly remainingSeconds: number | null;
  /** Id of a generated file that shows the work as it is now. */
  readonly preview?: string;
  /** See `JobKept`. */
  readonly kept?: unknown;
}

/** What went wrong: one of the closed list, fit to be shown. */
export interface JobFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly param?: string;
  readonly retryAfterSeconds?: number;
}

/** A job as its owner sees it. Times are milliseconds since 1970. */
export interface JobView {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  /** Place in its queue, from 1; null once it is at work or has ended. */
  readonly position: number | null;
  /** How often it was begun. */
  readonly attempts: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly error: JobFailure | null;
  /** When its result is no longer kept; null while it has none. */
  readonly expiresAt: number | null;
}

export function hasEnded({ state }: JobView): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

export function hasExpired({ expiresAt }: JobView, now = Date.now()): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** Where a job comes from, for log and trace. */
export interface JobOrigin {
  readonly requestId: string;
  readonly traceHeaders: Readonly<Record<string, string>>;
}

/** What BullMQ keeps of a job. */
export interface StoredJob<K extends JobKind = JobKind> {
  /** The API key that asked for it: nobody else sees it. */
  readonly keyId: string;
  /** Name of the route whose answer `/jobs/{id}/result` gives; see `JobReplies`. */
  readonly reply: string;
  readonly payload: JobPayloads[K];
  /** Tells whether a second request with the same `Idempotency-Key` asks for the same. */
  readonly fingerprint: string;
  /** True for a job that outlives the client's connection: it was asked for with `Prefer: respond-async`. */
  readonly stays: boolean;
  /** The request that asked for it; absent in jobs of older versions. */
  readonly origin?: JobOrigin;
  /** Set when somebody asked for its end; a worker that meets it ends the job. */
  readonly cancelled?: true;
}

export type BullJob<K extends JobKind = JobKind> = Job<StoredJob<K>>;
