import { AdmissionQueue } from './admission-queue.js';

export interface KeyLimits {
  /** Pieces of work that one API key may have at a time. */
  readonly slots: number;
  /** Further pieces of one API key that may wait. */
  readonly maxWaiting: number;
}

/** Slots of its own for each API key, and a bounded queue in front of them: no key waits for the work of another. */
export class QueuesByKey {
  private readonly byKey = new Map<string, AdmissionQueue>();

  /** @param resource Subject of the messages of refusals. */
  constructor(
    private readonly limits: KeyLimits,
    private readonly resource: string,
  ) {}

  /** Keys with work that runs or waits. */
  get size(): number {
    return this.byKey.size;
  }

  /** Runs `work` in a slot of the key. Throws `overloaded` while its queue is full; rejects when the signal aborts first. */
  async run<T>(keyId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const queue = this.of(keyId);
    try {
      return await queue.run({ keyId, priority: 'interactive' }, signal, work);
    } finally {
      if (queue.running + queue.waiting === 0) this.byKey.delete(keyId);
    }
  }

  private of(keyId: string): AdmissionQueue {
    let queue = this.byKey.get(keyId);
    if (queue === undefined) {
      queue = new AdmissionQueue(this.limits.maxWaiting, this.resource);
      queue.setCapacity(this.limits.slots);
      this.byKey.set(keyId, queue);
    }
    return queue;
  }
}
