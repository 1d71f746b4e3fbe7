/** State of a job's waiters after one has left. */
export type Left =
  /** None is left: the job has to be cancelled, and later joins are refused. */
  | 'last'
  /** It goes on: for others, or as a job that was accepted with 202. */
  | 'others';

/** A client that waits for a job. */
export interface Waiter {
  readonly jobId: string;
  readonly waiterId: string;
}

/**
 * Clients that wait for jobs with an `Idempotency-Key`, in all processes. Each step is atomic. A waiter has a lease that its
 * process renews: one whose process is gone counts no more once that has run out.
 */
export abstract class WaiterRegistry {
  /** Adds a waiter, before or after there is such a job. Returns false when the last waiter has left: the job is being cancelled. */
  abstract join(waiter: Waiter): Promise<boolean>;

  /** Marks a job as accepted with 202, for good. Returns false as {@link join} does. */
  abstract detach(jobId: string): Promise<boolean>;

  abstract leave(waiter: Waiter): Promise<Left>;

  /** Removes a waiter whose job has ended: nothing is to be cancelled. */
  abstract release(waiter: Waiter): Promise<void>;

  abstract renew(waiters: readonly Waiter[]): Promise<void>;
}

export const LEASE_MS = 120_000;
/** Longer than any job is stored without another request for it. */
export const MARK_MS = 30 * 86_400_000;
