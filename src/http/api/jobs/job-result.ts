import { ParleyError } from '../../../inference/errors.js';
import { hasExpired, type JobView } from '../../../jobs/core/job.js';

/** There is no result, and the status says why: 409 none yet or never, 410 no longer. */
export class NoResult extends ParleyError {
  constructor(
    readonly status: 409 | 410,
    message: string,
  ) {
    super(status === 410 ? 'job_not_found' : 'invalid_request', message);
  }
}

/** Throws unless the job's result is there. */
export function refuseUnlessReady(view: JobView): void {
  if (view.state === 'failed') throw new NoResult(409, `The job has failed: ${view.error?.message ?? ''}`);
  if (view.state === 'cancelled') throw new NoResult(409, 'The job was cancelled.');
  if (view.state !== 'completed') throw new NoResult(409, `The job is ${view.state}: it has no result yet.`);
  if (hasExpired(view)) throw new NoResult(410, 'The result of the job has expired.');
}
