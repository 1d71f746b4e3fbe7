import { abortReason, throwIfAborted } from '../errors.js';
import { FairLine } from './fair-line.js';
import { Parties, type Applicant, type Party, type Waiter } from './party.js';
import { Refusal } from './refusal.js';
import { ServiceTime } from './service-time.js';

/** A place in a model's queue. Whoever holds one calls `leave` exactly once, whatever happened. */
export interface Ticket {
  /** Resolves when a slot is this ticket's; rejects when the signal aborts first. */
  turn(signal: AbortSignal): Promise<void>;
  leave(): void;
}

/** A slot that is being used. */
interface Occupancy {
  readonly since: number;
}

/** Part of the slots and of the queue that is kept for keys below their share, when keys share a model. */
const RESERVED_PART = 1 / 4;

/**
 * Slots of something shared, such as a model, and the bounded queue in front of them. Slots and places are shared fairly
 * between API keys; see {@link FairLine}.
 */
export class AdmissionQueue {
  private capacity = 0;
  /** Tickets that were let in and have no slot yet, whether they wait for the load or for their turn. */
  private waitingCount = 0;
  private arrivals = 0;
  private readonly parties = new Parties();
  private readonly line = new FairLine(this.parties);
  private readonly occupied = new Set<Occupancy>();
  private readonly serviceTime = new ServiceTime();

  /** @param resource Subject of the messages of refusals. */
  constructor(
    private readonly maxWaiting: number,
    private readonly resource = 'The model',
  ) {}

  get waiting(): number {
    return this.waitingCount;
  }

  get running(): number {
    return this.occupied.size;
  }

  /** Seconds until a request that came now would have its turn, were there no turns between keys. */
  get drainSeconds(): number {
    return this.secondsBehind(this.held);
  }

  /** The number of slots, known once the model is loaded. */
  setCapacity(slots: number): void {
    this.capacity = slots;
    this.grantNext();
  }

  /**
   * Throws a {@link Refusal} as {@link enter} would: `overloaded` with a measured `Retry-After`, or `timeout` when the
   * measured wait is longer than the request's deadline allows.
   */
  refuse({ keyId, deadline }: Pick<Applicant, 'keyId' | 'deadline'>): void {
    const own = this.parties.of(keyId);
    const wait = this.secondsBehind(this.parties.aheadOf(own));
    if (deadline !== undefined) {
      const left = (deadline - performance.now()) / 1000;
      if (wait > left) throw Refusal.tooLate(wait, left);
    }
    this.refuseIfFull(wait);
    const places = this.slots + this.maxWaiting;
    const reserve = Math.floor(this.maxWaiting * RESERVED_PART);
    const keys = this.parties.inUse;
    if (keys > 1 && this.held >= places - reserve && own.held >= places / keys) {
      throw Refusal.ofShare(this.resource, own.held, wait);
    }
  }

  /** Throws what {@link refuse} throws to anybody, whose turn would come after so many seconds. */
  refuseIfFull(waitSeconds = this.drainSeconds): void {
    if (this.held >= this.slots + this.maxWaiting) {
      throw Refusal.full(this.resource, this.waitingCount, waitSeconds);
    }
  }

  /** Takes a place before anything is decoded or loaded. Throws as {@link refuse}. */
  enter(applicant: Applicant): Ticket {
    this.refuse(applicant);
    const party = this.parties.of(applicant.keyId);
    this.letIn(party);
    let slot: Occupancy | undefined;
    let left = false;
    const waiter: Waiter = {
      party,
      priority: applicant.priority,
      number: ++this.arrivals,
      left: () => left,
      grant: () => (slot = this.claim(party)),
    };
    return {
      turn: (signal) => this.waitForSlot(waiter, signal),
      leave: () => {
        if (left) return;
        left = true;
        if (slot === undefined) this.letOut(party);
        else {
          party.running--;
          this.occupied.delete(slot);
          this.serviceTime.record((performance.now() - slot.since) / 1000);
        }
        this.grantNext();
      },
    };
  }

  /**
   * Takes a place for work that needs the model and none of its slots, as counting tokens does: it counts as waiting as
   * long as it lasts, so that it is bounded as all else, and has its turn at once. Throws as {@link refuse}.
   */
  enterBeside(applicant: Omit<Applicant, 'priority'>): Ticket {
    this.refuse(applicant);
    const party = this.parties.of(applicant.keyId);
    this.letIn(party);
    let left = false;
    return {
      turn: (signal) => (signal.aborted ? Promise.reject(abortReason(signal)) : Promise.resolve()),
      leave: () => {
        if (!left) this.letOut(party);
        left = true;
      },
    };
  }

  /** Runs `work` while holding a slot, once one is granted. Throws as {@link enter}; rejects when the signal aborts first. */
  async run<T>(applicant: Applicant, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const ticket = this.enter(applicant);
    try {
      await ticket.turn(signal);
      throwIfAborted(signal); // aborted between the grant and this turn of the event loop
      return await work();
    } finally {
      ticket.leave();
    }
  }

  private get held(): number {
    return this.waitingCount + this.running;
  }

  private get slots(): number {
    return Math.max(1, this.capacity);
  }

  /** Seconds until there is a slot for who has so many requests before, or beside, its own. */
  private secondsBehind(ahead: number): number {
    if (ahead < this.slots) return 0;
    const now = performance.now();
    const longest = Math.max(0, ...[...this.occupied].map(({ since }) => (now - since) / 1000));
    return ((ahead - this.slots + 1) / this.slots) * this.serviceTime.estimate(longest);
  }

  /** False for a key that has its share of the slots, and would take the last quarter of them, which is kept for others. */
  private mayRun({ running }: Party): boolean {
    const reserve = Math.floor(this.capacity * RESERVED_PART);
    if (reserve === 0 || running < this.capacity - reserve) return true;
    const keys = this.parties.inUse;
    return keys === 1 || running < this.capacity / keys;
  }

  private letIn(party: Party): void {
    this.waitingCount++;
    party.waiting++;
  }

  private letOut(party: Party): void {
    this.waitingCount--;
    party.waiting--;
  }

  /** Slots are claimed in the same tick as they are granted, so that none is given away twice. */
  private claim(party: Party): Occupancy {
    const slot = { since: performance.now() };
    this.letOut(party);
    party.running++;
    this.occupied.add(slot);
    this.line.noteTurn(party);
    return slot;
  }

  private waitForSlot(ticket: Waiter, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortReason(signal));
    if (this.running < this.capacity && this.line.size === 0 && this.mayRun(ticket.party)) {
      ticket.grant();
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.line.remove(waiter);
        reject(abortReason(signal));
      };
      const waiter: Waiter = {
        ...ticket,
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          ticket.grant();
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.line.add(waiter);
      this.grantNext(); // those before it may be of a key that has its share, while slots are kept for others
    });
  }

  private grantNext(): void {
    while (this.running < this.capacity) {
      const waiter = this.line.take((party) => this.mayRun(party));
      if (waiter === undefined) return;
      if (!waiter.left()) waiter.grant();
    }
  }
}
