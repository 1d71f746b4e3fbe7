import { hasExpired, type JobView } from '../../../jobs/core/job.js';
import type { JobBody } from './job.schema.js';

/** `base`: scheme and host that the client spoke to. */
export function toJobBody(view: JobView, base: string): JobBody {
  const { progress, error } = view;
  return {
    id: view.id,
    kind: view.kind,
    state: view.state,
    progress: progress && {
      done: progress.done,
      total: progress.total,
      unit: progress.unit,
      remaining_seconds: view.state === 'active' ? progress.remainingSeconds : null,
      ...(progress.preview !== undefined &&
        view.state === 'active' && { preview_url: `${base}/files/${progress.preview}` }),
    },
    position: view.position,
    attempts: view.attempts,
    created_at: isoOf(view.createdAt),
    started_at: view.startedAt === null ? null : isoOf(view.startedAt),
    finished_at: view.finishedAt === null ? null : isoOf(view.finishedAt),
    error: error && { code: error.code, message: error.message },
    result_url: view.state === 'completed' && !hasExpired(view) ? `${base}/jobs/${view.id}/result` : null,
  };
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
