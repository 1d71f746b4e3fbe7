import type { JobState as BullState } from 'bullmq';
import type { BullJob, JobFailure, JobProgress, JobState, JobView } from './job.js';
import { toFailure } from './job-failure.js';
import type { JobKind } from './kinds.js';

/** `position`: place in the queue where that has been looked up. */
export function toView(
  job: BullJob,
  kind: JobKind,
  bullState: BullState | 'unknown',
  resultTtlSeconds: number,
  position: number | null = null,
): JobView {
  const state = stateOf(job, bullState);
  const finishedAt = job.finishedOn ?? null;
  return {
    id: job.id ?? '',
    kind,
    state,
    progress: progressOf(job.progress),
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

function stateOf(job: BullJob, state: BullState | 'unknown'): JobState {
  if (state === 'completed') return 'completed';
  if (state === 'failed') return toFailure(job.failedReason).code === 'cancelled' ? 'cancelled' : 'failed';
  if (job.data.cancelled === true) return 'cancelled';
  return state === 'active' ? 'active' : 'queued';
}

/** Before its first report BullMQ has 0 for a job's progress. */
function progressOf(progress: unknown): JobProgress | null {
  return typeof progress === 'object' && progress !== null ? (progress as JobProgress) : null;
}
