/** A generation whose tokens cost much to choose. */
export interface CostlyGeneration {
  /** Whose it is: the key's scope. */
  readonly scope: string;
}

/**
 * Decides which generation with costly tokens takes part in a step: one at most, in turns between API keys and then
 * between the requests of a key. After it the others have as much time to themselves, so that they keep half their speed.
 */
export class CostlyTurns<Generation extends CostlyGeneration> {
  private turns = 0;
  private readonly lastOfScope = new Map<string, number>();
  private readonly lastOf = new WeakMap<Generation, number>();
  /** Milliseconds of steps that are owed to the others. */
  private owedMs = 0;

  /**
   * The one that may take part in the next step, or null.
   * @param others Whether there is something to do for others.
   */
  next(candidates: readonly Generation[], others: boolean): Generation | null {
    if (!others) this.owedMs = 0;
    if (candidates.length === 0 || this.owedMs > 0) return null;
    let best: Generation | null = null;
    for (const candidate of candidates) if (best === null || this.goesBefore(candidate, best)) best = candidate;
    return best;
  }

  /** @param costly The one that took part in a step; null: none did. */
  record(costly: Generation | null, milliseconds: number): void {
    if (costly === null) {
      this.owedMs = Math.max(0, this.owedMs - milliseconds);
      return;
    }
    this.owedMs = milliseconds;
    this.lastOfScope.delete(costly.scope);
    this.lastOfScope.set(costly.scope, ++this.turns);
    this.lastOf.set(costly, this.turns);
  }

  /** Forgets the keys that have none left. */
  retain(scopes: ReadonlySet<string>): void {
    for (const scope of this.lastOfScope.keys()) if (!scopes.has(scope)) this.lastOfScope.delete(scope);
  }

  private goesBefore(one: Generation, other: Generation): boolean {
    const scopes = (this.lastOfScope.get(one.scope) ?? 0) - (this.lastOfScope.get(other.scope) ?? 0);
    return scopes === 0 ? (this.lastOf.get(one) ?? 0) < (this.lastOf.get(other) ?? 0) : scopes < 0;
  }
}
