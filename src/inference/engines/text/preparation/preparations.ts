import { throwIfAborted } from '../../../errors.js';
import { nextTurn } from '../../../time-slice.js';

/** Milliseconds of synchronous work after which batch steps and the parent's messages have their turn. */
const SLICE_MS = 4;

/** A request whose preparation takes long. */
export interface CostlyPreparation {
  readonly id: number;
  /** Milliseconds that it has taken so far. */
  readonly milliseconds: number;
}

/** One request while its prompt is rendered and tokenised. */
export class Preparation {
  private readonly controller = new AbortController();
  private sliceBegan = performance.now();
  private costlySince: number | null = null;

  /** @param keyId API key whose share of the worker thread it takes. */
  constructor(readonly keyId: string) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get aborted(): boolean {
    return this.controller.signal.aborted;
  }

  /** The request with the time since {@link beginCostly}; none for a preparation that takes no time to speak of. */
  costly(id: number): CostlyPreparation[] {
    const since = this.costlySince;
    return since === null || this.aborted ? [] : [{ id, milliseconds: performance.now() - since }];
  }

  abort(): void {
    this.controller.abort();
  }

  /** Notes that the preparation takes long: the time counts for its budget, and not as a stall of the engine. */
  beginCostly(): void {
    this.costlySince ??= performance.now();
  }

  /** Notes that what follows is work of the engine, which counts as steps. */
  endCostly(): void {
    this.costlySince = null;
  }

  /** Throws `cancelled` once the request is aborted. */
  throwIfAborted(): void {
    throwIfAborted(this.signal);
  }

  /** Called between slices of work: lets the event loop turn when the slices so far took long. Throws `cancelled`. */
  async pause(): Promise<void> {
    if (performance.now() - this.sliceBegan >= SLICE_MS) {
      this.beginCostly();
      await nextTurn();
      this.sliceBegan = performance.now();
    }
    this.throwIfAborted();
  }
}

/** The requests of a runner that are being prepared. */
export class Preparations {
  private readonly byRequest = new Map<number, Preparation>();

  begin(id: number, keyId: string): Preparation {
    const preparation = new Preparation(keyId);
    this.byRequest.set(id, preparation);
    return preparation;
  }

  end(id: number): void {
    this.byRequest.delete(id);
  }

  abort(id: number): void {
    this.byRequest.get(id)?.abort();
  }

  get costly(): CostlyPreparation[] {
    return [...this.byRequest].flatMap(([id, preparation]) => preparation.costly(id));
  }
}
