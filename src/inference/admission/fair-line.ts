import type { Parties, Party, Priority, Waiter } from './party.js';

/**
 * Those who wait for a slot, and whose turn is next: interactive before batch, then the key that has the fewest slots,
 * then the one whose last turn is longest ago, then who came first. A turn costs a look at each key.
 */
export class FairLine {
  private count = 0;
  private turns = 0;

  constructor(private readonly parties: Parties) {}

  get size(): number {
    return this.count;
  }

  add(waiter: Waiter): void {
    waiter.party.lines[waiter.priority].add(waiter);
    this.count++;
  }

  remove(waiter: Waiter): void {
    if (waiter.party.lines[waiter.priority].delete(waiter)) this.count--;
  }

  /** Whose turn it is, of the keys that `mayRun`; that one is in the line no more. */
  take(mayRun: (party: Party) => boolean): Waiter | undefined {
    const waiter = this.first('interactive', mayRun) ?? this.first('batch', mayRun);
    if (waiter !== undefined) this.remove(waiter);
    return waiter;
  }

  /** Notes that a key has a turn. */
  noteTurn(party: Party): void {
    party.lastTurn = ++this.turns;
  }

  private first(priority: Priority, mayRun: (party: Party) => boolean): Waiter | undefined {
    let best: Waiter | undefined;
    for (const party of this.parties.all()) {
      const [candidate] = party.lines[priority];
      if (candidate === undefined || !mayRun(party)) continue;
      if (best === undefined || goesBefore(candidate, best)) best = candidate;
    }
    return best;
  }
}

function goesBefore(one: Waiter, other: Waiter): boolean {
  if (one.party.running !== other.party.running) return one.party.running < other.party.running;
  if (one.party.lastTurn !== other.party.lastTurn) return one.party.lastTurn < other.party.lastTurn;
  return one.number < other.number;
}
