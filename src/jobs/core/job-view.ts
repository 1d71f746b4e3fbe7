import type { JobState as BullState } from 'bullmq';
import type { BullJob, JobFailure, JobProgress, JobState, JobView } from './job.js';
import type { ChildCount } from './job-children.js';
import { toFailure } from './job-failure.js';
import type { JobKind } from '../kinds/kinds.js';

/** What has been looked up beside the job itself. */
export interface Surroundings {
  /** Place in the queue. */
  readonly position: number | null;
  /** The jobs that it waits for. */
  readonly children: ChildCount | null;
}

export function toView(
  job: BullJob,
  kind: JobKind,
  bullState: BullState | 'unknown',
  resultTtlSeconds: number,
  { position, children }: Surroundings = { position: null, children: null },
): JobView {
  const state = stateOf(job, bullState, children);
  const finishedAt = job.finishedOn ?? null;
  return {
    id: job.id ?? '',
    kind,
    state,
    progress: children === null ? progressOf(job.progress) : progressOfFiles(children),
    position: state === 'queued' ? position : null,
    attempts: job.attemptsStarted,
    createdAt: job.timestamp,
    // The worker's clock was read before the store was open.
    startedAt: job.processedOn === undefined ? null : Math.max(job.processedOn, job.timestamp),
    finishedAt,
    error: state === 'failed' || state === 'cancelled' ? failureOf(job) : null,
    expiresAt: state === 'completed' && finishedAt !== null ? finishedAt + resultTtlSeconds * 1000 : null,
  };
}

/** A job that was cancelled before a worker met it has no reason yet. */
function failureOf({ failedReason }: BullJob): JobFailure {
  return failedReason ? toFailure(failedReason) : { code: 'cancelled', message: 'The job was cancelled.' };
}

function stateOf(job: BullJob, state: BullState | 'unknown', children: ChildCount | null): JobState {
  if (state === 'completed') return 'completed';
  if (state === 'failed') return toFailure(job.failedReason).code === 'cancelled' ? 'cancelled' : 'failed';
  if (job.data.cancelled === true) return 'cancelled';
  if (children !== null) return children.ended > 0 ? 'active' : 'queued';
  return state === 'active' ? 'active' : 'queued';
}

function progressOfFiles({ ended, total }: ChildCount): JobProgress {
  return { done: ended, total, unit: 'files', remainingSeconds: null };
}

/** Before its first report BullMQ has 0 for a job's progress. */
export function progressOf(progress: unknown): JobProgress | null {
  return typeof progress === 'object' && progress !== null ? (progress as JobProgress) : null;
}
