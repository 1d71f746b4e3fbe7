import { abortReason, ParleyError } from '../errors.js';
import { ServiceTime } from './service-time.js';

export type Priority = 'interactive' | 'batch';

/** A place in a model's queue. Whoever holds one calls `leave` exactly once, whatever happened. */
export interface Ticket {
  /** Resolves when a slot is this ticket's; rejects when the signal aborts first. */
  turn(signal: AbortSignal): Promise<void>;
  leave(): void;
}

interface Waiter {
  readonly priority: Priority;
  /** True once its ticket has left: it must not be given a slot any more. */
  left(): boolean;
  grant(): void;
}

/** A slot that is being used. */
interface Occupancy {
  readonly since: number;
}

/** Slots of one model and the bounded line in front of them: interactive before batch, else first come first served. */
export class ModelQueue {
  private capacity = 0;
  /** Tickets that were let in and have no slot yet, whether they wait for the load or for their turn. */
  private waitingCount = 0;
  private readonly waiters: Waiter[] = [];
  private readonly occupied = new Set<Occupancy>();
  private readonly serviceTime = new ServiceTime();

  constructor(private readonly maxWaiting: number) {}

  get waiting(): number {
    return this.waitingCount;
  }

  get running(): number {
    return this.occupied.size;
  }

  /** Seconds until a request that came now would have its turn. */
  get drainSeconds(): number {
    const now = performance.now();
    const longest = Math.max(0, ...[...this.occupied].map(({ since }) => (now - since) / 1000));
    const busy = this.waitingCount + this.running;
    const slots = Math.max(1, this.capacity);
    return busy < slots ? 0 : ((busy - slots + 1) / slots) * this.serviceTime.estimate(longest);
  }

  /** The number of slots, known once the model is loaded. */
  setCapacity(slots: number): void {
    this.capacity = slots;
    this.grantNext();
  }

  /** Throws `overloaded` as {@link enter} would. */
  refuseIfFull(): void {
    const places = Math.max(1, this.capacity) + this.maxWaiting;
    if (this.waitingCount + this.running < places) return;
    throw new ParleyError('overloaded', `The model is busy: ${String(this.waitingCount)} requests are waiting.`, {
      retryAfterSeconds: Math.max(1, Math.ceil(this.drainSeconds)),
    });
  }

  /** Takes a place before anything is decoded or loaded. Throws `overloaded` with a measured `Retry-After`. */
  enter(priority: Priority): Ticket {
    this.refuseIfFull();
    this.waitingCount++;
    let slot: Occupancy | undefined;
    let left = false;
    const onClaimed = (claimed: Occupancy): void => {
      slot = claimed;
    };
    return {
      turn: (signal) => this.waitForSlot({ priority, left: () => left }, signal, onClaimed),
      leave: () => {
        if (left) return;
        left = true;
        if (slot === undefined) this.waitingCount--;
        else {
          this.occupied.delete(slot);
          this.serviceTime.record((performance.now() - slot.since) / 1000);
        }
        this.grantNext();
      },
    };
  }

  /**
   * Takes a place for work that needs the model and none of its slots, as counting tokens does: it counts as waiting as
   * long as it lasts, so that it is bounded as all else, and has its turn at once. Throws as {@link enter}.
   */
  enterBeside(): Ticket {
    this.refuseIfFull();
    this.waitingCount++;
    let left = false;
    return {
      turn: (signal) => (signal.aborted ? Promise.reject(abortReason(signal)) : Promise.resolve()),
      leave: () => {
        if (!left) this.waitingCount--;
        left = true;
      },
    };
  }

  /** Slots are claimed in the same tick as they are granted, so that none is given away twice. */
  private claim(onClaimed: (slot: Occupancy) => void): void {
    const slot = { since: performance.now() };
    this.waitingCount--;
    this.occupied.add(slot);
    onClaimed(slot);
  }

  private waitForSlot(
    ticket: Omit<Waiter, 'grant'>,
    signal: AbortSignal,
    onClaimed: (slot: Occupancy) => void,
  ): Promise<void> {
    if (signal.aborted) return Promise.reject(abortReason(signal));
    if (this.running < this.capacity && this.waiters.length === 0) {
      this.claim(onClaimed);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const at = this.waiters.indexOf(waiter);
        if (at !== -1) this.waiters.splice(at, 1);
        reject(abortReason(signal));
      };
      const waiter: Waiter = {
        ...ticket,
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          this.claim(onClaimed);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiters.push(waiter);
    });
  }

  private grantNext(): void {
    while (this.running < this.capacity && this.waiters.length > 0) {
      const interactive = this.waiters.findIndex((waiter) => waiter.priority === 'interactive');
      const [waiter] = this.waiters.splice(Math.max(0, interactive), 1);
      if (waiter?.left() === false) waiter.grant();
    }
  }
}
