import { abortable } from '../abortable.js';
import { ParleyError, throwIfAborted } from '../errors.js';
import type { EvictionReason } from '../observer.js';
import { chooseVictims, type EvictionCandidate } from './eviction.js';
import type { MemoryLedger } from './memory-ledger.js';

/** How long a load waits for busy models to become idle before it is refused. */
const LONGEST_WAIT_MS = 60_000;

export interface Residents {
  candidates(): EvictionCandidate[];
  evict(model: string, reason: EvictionReason): Promise<void>;
}

/** Makes room for models within the budget: one at a time, in order of arrival, evicting idle ones as needed. */
export class MemoryBudget {
  private queue: Promise<unknown> = Promise.resolve();
  private changed: { promise: Promise<void>; resolve: () => void } = signalOnce();

  constructor(
    readonly ledger: MemoryLedger,
    private readonly residents: Residents,
  ) {}

  /**
   * Reserves bytes for a model that is about to load. Throws `model_load_failed` when it can never fit, saying how many
   * bytes are missing, and `overloaded` when busy models hold the memory for too long.
   */
  reserve(model: string, bytes: number, signal: AbortSignal): Promise<void> {
    const turn = this.queue.then(() => this.makeRoom(model, bytes, signal));
    this.queue = turn.catch(() => undefined);
    return abortable(turn, signal);
  }

  /** Resolves at the next change, so that a caller can look again. */
  nextChange(): Promise<void> {
    return this.changed.promise;
  }

  /** To be called when a model became idle or its memory free. */
  notifyChanged(): void {
    this.changed.resolve();
    this.changed = signalOnce();
  }

  /** Unloads every idle, unpinned model. Returns how many went. */
  async evictIdle(reason: EvictionReason): Promise<number> {
    const idle = this.residents.candidates().filter((candidate) => candidate.idle && !candidate.pinned);
    await Promise.all(idle.map((candidate) => this.residents.evict(candidate.model, reason)));
    return idle.length;
  }

  /** Corrects a model's bytes by what it really holds, and evicts idle models if that broke the budget. */
  async reconcile(model: string, realBytes: number): Promise<void> {
    this.ledger.reconcile(model, realBytes);
    if (this.ledger.free >= 0) return;
    const others = this.residents.candidates().filter((candidate) => candidate.model !== model);
    const victims = chooseVictims(others, -this.ledger.free) ?? [];
    await Promise.all(victims.map((victim) => this.residents.evict(victim.model, 'budget')));
  }

  private async makeRoom(model: string, bytes: number, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    this.refuseImpossible(model, bytes);
    const deadline = AbortSignal.timeout(LONGEST_WAIT_MS);
    while (this.ledger.free < bytes) {
      throwIfAborted(signal);
      const victims = chooseVictims(this.residents.candidates(), bytes - this.ledger.free);
      if (victims !== null && victims.length > 0) {
        await Promise.all(victims.map((victim) => this.residents.evict(victim.model, 'budget')));
        continue;
      }
      await abortable(this.changed.promise, AbortSignal.any([signal, deadline])).catch(() => {
        throwIfAborted(signal);
        throw new ParleyError('overloaded', `There is no memory for "${model}": the models that hold it are busy.`, {
          retryAfterSeconds: LONGEST_WAIT_MS / 1000,
        });
      });
    }
    throwIfAborted(signal);
    this.ledger.set(model, bytes);
  }

  private refuseImpossible(model: string, bytes: number): void {
    const pinned = this.residents.candidates().filter((candidate) => candidate.pinned && candidate.model !== model);
    const pinnedBytes = pinned.reduce((sum, candidate) => sum + candidate.bytes, 0);
    const missing = bytes + pinnedBytes - this.ledger.budget;
    if (missing <= 0) return;
    const held = pinnedBytes > 0 ? `, of which pinned models hold ${String(pinnedBytes)}` : '';
    throw new ParleyError(
      'model_load_failed',
      `The model "${model}" needs ${String(bytes)} bytes and MEMORY_BUDGET is ${String(this.ledger.budget)}${held}: ` +
        `${String(missing)} bytes are missing.`,
    );
  }
}

function signalOnce(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
