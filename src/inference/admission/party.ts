export type Priority = 'interactive' | 'batch';

/** Who asks for a place in a model's queue. */
export interface Applicant {
  /** Name of the API key, or `anonymous`. */
  readonly keyId: string;
  readonly priority: Priority;
  /** When its answer is of no use any more, in milliseconds of `performance.now()`; absent: never. */
  readonly deadline?: number | undefined;
}

/** A request that may have a slot as soon as there is one. */
export interface Waiter {
  readonly party: Party;
  readonly priority: Priority;
  /** Its place in the order of arrival. */
  readonly number: number;
  /** True once its ticket has left: it must not be given a slot any more. */
  left(): boolean;
  grant(): void;
}

/** What one API key has at a model. */
export class Party {
  running = 0;
  /** Let in and without a slot, whether they wait for the load or for their turn. */
  waiting = 0;
  /** Number of the last turn that it had; 0: none. */
  lastTurn = 0;
  /** In milliseconds of `performance.now()`. */
  lastSeen = performance.now();
  /** In the order of arrival. */
  readonly lines: Readonly<Record<Priority, Set<Waiter>>> = { interactive: new Set(), batch: new Set() };

  get held(): number {
    return this.running + this.waiting;
  }
}

/** A key that has asked for a model within this time counts among those that share it. */
const IN_USE_MS = 600_000;

/** The API keys that use a model. */
export class Parties {
  private readonly byKey = new Map<string, Party>();

  /** The key's own, which it has from its first request on. */
  of(keyId: string): Party {
    const now = performance.now();
    let party = this.byKey.get(keyId);
    if (party === undefined) {
      this.forget(now);
      party = new Party();
      this.byKey.set(keyId, party);
    }
    party.lastSeen = now;
    return party;
  }

  all(): Iterable<Party> {
    return this.byKey.values();
  }

  /** How many share the model. */
  get inUse(): number {
    const since = performance.now() - IN_USE_MS;
    let count = 0;
    for (const party of this.byKey.values()) if (party.held > 0 || party.lastSeen >= since) count++;
    return count;
  }

  /**
   * Requests that are served before, or beside, the next one of this key, where keys take turns: all its own, and of
   * each other key as many as make it equal.
   */
  aheadOf(own: Party): number {
    let ahead = own.held;
    for (const party of this.byKey.values()) {
      if (party !== own) ahead += Math.max(party.running, Math.min(party.held, own.held + 1));
    }
    return ahead;
  }

  /** Keys come and go while the service runs. */
  private forget(now: number): void {
    for (const [keyId, party] of this.byKey) {
      if (party.held === 0 && party.lastSeen < now - IN_USE_MS) this.byKey.delete(keyId);
    }
  }
}
