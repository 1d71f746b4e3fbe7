/** Who holds how much of the memory budget, in bytes. */
export class MemoryLedger {
  private readonly held = new Map<string, number>();

  constructor(readonly budget: number) {}

  get used(): number {
    let sum = 0;
    for (const bytes of this.held.values()) sum += bytes;
    return sum;
  }

  get free(): number {
    return this.budget - this.used;
  }

  bytesOf(model: string): number {
    return this.held.get(model) ?? 0;
  }

  set(model: string, bytes: number): void {
    this.held.set(model, bytes);
  }

  /** Corrects an estimate by what the process really holds. Never below the estimate: KV cache fills up later. */
  reconcile(model: string, realBytes: number): void {
    const estimate = this.held.get(model);
    if (estimate !== undefined && realBytes > estimate) this.held.set(model, realBytes);
  }

  release(model: string): void {
    this.held.delete(model);
  }
}
