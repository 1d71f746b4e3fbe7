import { setMaxListeners } from 'node:events';
import { QueuesByKey } from '../../inference/admission/queues-by-key.js';
import { resolvesWithin } from '../../inference/deadline.js';
import { ParleyError } from '../../inference/errors.js';

/** How long one operation on the store may take before it counts as out of reach. */
const OPERATION_DEADLINE_MS = 5000;
/** When a client may try again while the store is out of reach: the connections retry at least this often. */
const RETRY_AFTER_SECONDS = 2;

/** Operations of one API key at a time: a small part of the connections, so that none has all of them. */
const KEY_LIMITS = { slots: 2, maxWaiting: 256 };
const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

export function storeUnreachable(cause?: unknown): ParleyError {
  return new ParleyError('overloaded', 'The store of jobs and conversations cannot be reached just now.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

/**
 * Where jobs and conversations live: PostgreSQL embedded in this process, a PostgreSQL server or Redis. The service runs
 * without it as long as nothing needs it.
 */
export abstract class Store {
  /** Milliseconds after which an operation counts as out of reach. */
  protected readonly operationDeadlineMs: number = OPERATION_DEADLINE_MS;
  private readonly queues = new QueuesByKey(KEY_LIMITS, 'The store of jobs and conversations');

  /** True once it has been reached; the embedded one is opened at its first use alone. */
  abstract readonly isOpen: boolean;
  /** True while nothing can have been stored yet. */
  protected abstract readonly isUntouched: boolean;

  /** Opens it if that has not happened. Throws `overloaded` when it is out of reach. */
  abstract open(): Promise<void>;

  /** True while there is nothing to read, so that a read needs not open it. */
  get holdsNothing(): boolean {
    return !this.isOpen && this.isUntouched;
  }

  /** Opens it in the background where somebody waits for it: always, or for the jobs that an earlier run left. */
  abstract start(): void;

  /** Tells whether there are jobs that have not ended, for the next {@link start}. */
  abstract noteUnfinished(any: boolean): void;

  /** Ends the connections; what waits for them fails. */
  abstract close(): Promise<void>;

  /** Runs an operation. Throws `overloaded` when the store is out of reach, before or meanwhile. */
  async use<T>(operation: () => Promise<T>): Promise<T> {
    await this.open();
    try {
      return await this.inTime(operation());
    } catch (error) {
      if (error instanceof ParleyError || (await this.answers())) throw error;
      throw storeUnreachable(error);
    }
  }

  /**
   * Runs an operation for an API key, of which a few run at a time. Throws as {@link use}, and `overloaded` while too many
   * operations of the key wait.
   */
  useFor<T>(keyId: string, operation: () => Promise<T>): Promise<T> {
    return this.withPlaceOf(keyId, () => this.use(operation));
  }

  /** Runs work of several operations in one of an API key's places. Throws `overloaded` while too much of the key waits. */
  withPlaceOf<T>(keyId: string, work: () => Promise<T>): Promise<T> {
    return this.queues.run(keyId, NEVER, work);
  }

  /** True when the store answers a question now. */
  async answers(): Promise<boolean> {
    if (!this.isOpen) return false;
    try {
      await this.inTime(this.ping());
      return true;
    } catch {
      return false;
    }
  }

  /** Gives an operation up that takes so long that the store must be out of reach. */
  protected inTime<T>(work: Promise<T>): Promise<T> {
    return withDeadline(work, this.operationDeadlineMs);
  }

  protected abstract ping(): Promise<void>;
}

async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  if (!(await resolvesWithin(milliseconds, work))) throw storeUnreachable();
  return work;
}
