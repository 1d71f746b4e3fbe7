/**
 * Where API keys share a model, a step that prefills one key's prompts is followed by as much time in which only the other
 * keys prefill and all decode: a short request beside long prompts keeps half of its speed.
 */
export class PrefillTurns {
  /** Milliseconds that each key still leaves to the others. */
  private readonly owed = new Map<string, number>();

  /** False while a key owes time to the others. */
  mayPrefill(key: string): boolean {
    return !this.owed.has(key);
  }

  /**
   * Records a step that took `elapsedMs`.
   *
   * @param prefilled Keys whose prompts it evaluated.
   * @param live Keys that have requests; a lone one owes nothing.
   */
  record(prefilled: ReadonlySet<string>, live: ReadonlySet<string>, elapsedMs: number): void {
    for (const [key, owed] of this.owed) {
      if (owed > elapsedMs && live.has(key)) this.owed.set(key, owed - elapsedMs);
      else this.owed.delete(key);
    }
    if (live.size < 2) this.owed.clear();
    else for (const key of prefilled) this.owed.set(key, elapsedMs);
  }
}
