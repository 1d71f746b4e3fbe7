import type { BullJob } from './job.js';
import { toFailure } from './job-failure.js';
import type { JobFailure } from './job.js';

/** How a job's child ended. */
export type ChildOutcome<T> =
  { readonly state: 'completed'; readonly result: T } | { readonly state: 'failed'; readonly failure: JobFailure };

/** How many of a job's children have ended, and how many there are. */
export interface ChildCount {
  readonly ended: number;
  readonly total: number;
}

/** The ended children of a job by their ids. */
export async function outcomesOf<T>(job: BullJob): Promise<ReadonlyMap<string, ChildOutcome<T>>> {
  const outcomes = new Map<string, ChildOutcome<T>>();
  for (const [key, result] of Object.entries(await job.getChildrenValues<T>())) {
    outcomes.set(idOfKey(key), { state: 'completed', result });
  }
  for (const [key, reason] of Object.entries(await job.getIgnoredChildrenFailures())) {
    outcomes.set(idOfKey(key), { state: 'failed', failure: toFailure(reason) });
  }
  return outcomes;
}

export async function countChildren(job: BullJob): Promise<ChildCount> {
  const { processed = 0, ignored = 0, failed = 0, unprocessed = 0 } = await job.getDependenciesCount();
  const ended = processed + ignored + failed;
  return { ended, total: ended + unprocessed };
}

/** Ids of the children that have not ended. */
export async function pendingChildren(job: BullJob): Promise<string[]> {
  const { unprocessed = [] } = await job.getDependencies();
  return unprocessed.map((key) => idOfKey(key));
}

/** BullMQ knows a job as `<prefix>:<queue>:<id>`, or without the prefix. */
function idOfKey(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}
