import { abortable } from '../abortable.js';
import type { RunnableModel } from '../catalogue/model-entry.js';
import { ParleyError, ShuttingDown, throwIfAborted } from '../errors.js';
import type { EvictionReason, InferenceObserver } from '../observer.js';
import { LoadFailure } from '../runners/load-failure.js';
import type { ModelFacts } from '../runners/protocol.js';
import type { Runner } from '../runners/runner.js';
import type { EvictionCandidate } from './eviction.js';
import { MemoryBudget } from './memory-budget.js';
import type { MemoryLedger } from './memory-ledger.js';
import type { ModelLoader } from './model-loader.js';
import type { LoadingModel, ReadyModel, Resident, ResidentInfo } from './resident.js';

/** The right to use a loaded model; while it is held the model is not evicted. */
export interface Lease {
  readonly runner: Runner;
  readonly facts: ModelFacts;
  /** When it was loaded, on the scale of `performance.now()`. */
  readonly loadedAt: number;
  release(): void;
}

export interface LoadOptions {
  /** The least that it must have; null: what it has, or the default. */
  readonly contextSize: number | null;
  /** Keeps the model loaded, with the default context at least. */
  readonly pin: boolean;
}

/** A runner that lived this long is restarted at once when it crashes, if its model is pinned. */
const SETTLED_MS = 10_000;

/** Keeps models in memory: loads each once for all askers, evicts idle ones, unloads on request. */
export class Residency {
  readonly budget: MemoryBudget;
  private readonly residents = new Map<string, Resident>();
  /** Models that eviction passes over and that are loaded again after a crash; unloading one on request unpins it. */
  private readonly pins = new Set<string>();
  /** How often each model was unloaded on request: evictions and crashes do not count. */
  private readonly requestedUnloads = new Map<string, number>();
  private readonly loader: ModelLoader;
  private closed = false;

  constructor(
    ledger: MemoryLedger,
    createLoader: (budget: MemoryBudget) => ModelLoader,
    private readonly observer: InferenceObserver,
  ) {
    this.budget = new MemoryBudget(ledger, {
      candidates: () => this.candidates(),
      evict: async (model, reason) => {
        await this.unload(model, reason);
      },
    });
    this.loader = createLoader(this.budget);
  }

  list(): ResidentInfo[] {
    return [...this.residents].map(([model, resident]) => ({
      model,
      state: resident.state === 'unloading' && resident.reloading ? 'loading' : resident.state,
      facts: resident.state === 'ready' ? resident.facts : null,
      memoryBytes: resident.state === 'ready' ? resident.runner.memoryBytes : 0,
      pinned: this.pins.has(model),
      progress: resident.state === 'loading' ? resident.progress : 1,
    }));
  }

  unloadsOf(model: string): number {
    return this.requestedUnloads.get(model) ?? 0;
  }

  isPinned(model: string): boolean {
    return this.pins.has(model);
  }

  /** Loads the model unless it is loaded, and takes a lease. Rejects as soon as the signal aborts. */
  async acquire(entry: RunnableModel, signal: AbortSignal): Promise<Lease> {
    for (;;) {
      const ready = await this.whenReady(entry, null, signal);
      // The await took a turn, in which it may have been evicted.
      if (this.residents.get(entry.id) === ready) return this.lease(ready);
    }
  }

  /**
   * Loads a model, or reloads it with a larger context once its running requests have finished. A model that is loaded
   * never gets a smaller one: every API key uses it.
   */
  async load(entry: RunnableModel, { contextSize, pin }: LoadOptions, signal: AbortSignal): Promise<ModelFacts> {
    const wanted = contextSize ?? (pin ? this.loader.defaultContextOf(entry) : null);
    let ready = await this.whenReady(entry, wanted, signal);
    while (!holdsContext(ready, wanted)) {
      this.retire(ready, wanted);
      ready = await this.whenReady(entry, wanted, signal);
    }
    if (pin) this.pins.add(entry.id);
    return ready.facts;
  }

  /** Context that a model is loaded with unless more is asked for, before it is clamped to the trained one. */
  defaultContextOf(entry: RunnableModel): number {
    return this.loader.defaultContextOf(entry);
  }

  /**
   * Unloads a model, or ends its load; its memory is free when this resolves. Requests that run on it end with an
   * error. Resolves to false when the model was not loaded.
   */
  async unload(model: string, reason: EvictionReason): Promise<boolean> {
    if (reason === 'request') {
      this.pins.delete(model);
      this.requestedUnloads.set(model, this.unloadsOf(model) + 1);
    }
    const resident = this.residents.get(model);
    if (resident === undefined) return false;
    if (resident.state === 'unloading') {
      await resident.runner.stop(); // it may be waiting for its requests to end
      await resident.gone;
    } else if (resident.state === 'loading') {
      const unloaded = `The model "${model}" was unloaded while it was loading.`;
      resident.abort.abort(this.closed ? new ShuttingDown() : new ParleyError('model_not_loaded', unloaded));
      await resident.loaded.catch(() => undefined);
    } else await this.remove(resident, reason);
    return true;
  }

  async unloadAll(reason: EvictionReason): Promise<void> {
    this.closed = true;
    await Promise.all([...this.residents.keys()].map((model) => this.unload(model, reason)));
  }

  private candidates(): EvictionCandidate[] {
    const ready = [...this.residents.values()].filter((resident) => resident.state === 'ready');
    const local = ready.filter(({ entry }) => entry.engine !== 'remote'); // to unload others would free nothing
    return local.map((resident) => ({
      model: resident.model,
      bytes: this.budget.ledger.bytesOf(resident.model),
      idle: resident.leases === 0,
      pinned: this.pins.has(resident.model),
      lastUsed: resident.lastUsed,
    }));
  }

  private async whenReady(entry: RunnableModel, contextSize: number | null, signal: AbortSignal): Promise<ReadyModel> {
    for (;;) {
      throwIfAborted(signal);
      if (this.closed) throw new ShuttingDown();
      const resident = this.residents.get(entry.id) ?? this.startLoading(entry, contextSize);
      if (resident.state === 'ready') return resident;
      if (resident.state === 'loading') await abortable(resident.loaded, signal);
      else await abortable(resident.gone, signal);
    }
  }

  private startLoading(entry: RunnableModel, contextSize: number | null): LoadingModel {
    const abort = new AbortController();
    const started = performance.now();
    const loaded = this.loader
      .load({
        entry,
        contextSize,
        signal: abort.signal,
        onProgress: (fraction) => (loading.progress = fraction),
      })
      .then(
        ({ runner, facts }) => {
          this.observer.modelLoaded(entry.id, (performance.now() - started) / 1000);
          return this.settle(entry, runner, facts);
        },
        (error: unknown) => {
          this.residents.delete(entry.id);
          this.observer.modelLoadFailed(entry.id, ...reasonOf(error));
          throw error;
        },
      );
    loaded.catch(() => undefined); // every asker may have gone by the time it fails
    const loading: LoadingModel = { state: 'loading', loaded, abort, progress: 0 };
    this.residents.set(entry.id, loading);
    return loading;
  }

  private settle(entry: RunnableModel, runner: Runner, facts: ModelFacts): ReadyModel {
    const now = performance.now();
    const ready: ReadyModel = {
      state: 'ready',
      model: entry.id,
      entry,
      runner,
      facts,
      leases: 0,
      loadedAt: now,
      lastUsed: now,
    };
    this.residents.set(entry.id, ready);
    // A load may wait for memory; those who waited for this one take their leases first.
    setImmediate(() => this.budget.notifyChanged());
    void runner.ended.then((end) => {
      if (!end.expected) this.afterCrash(ready, end.reason);
    });
    return ready;
  }

  private afterCrash(ready: ReadyModel, reason: string): void {
    const { model } = ready;
    this.observer.runnerEnded(model, reason);
    if (this.residents.get(model) !== ready) return;
    this.residents.delete(model);
    this.budget.ledger.release(model);
    this.budget.notifyChanged();
    // One that crashes soon after each load waits for a request to ask for it.
    if (this.pins.has(model) && performance.now() - ready.loadedAt > SETTLED_MS) {
      this.startLoading(ready.entry, ready.facts.context?.size ?? null);
    }
  }

  private lease(ready: ReadyModel): Lease {
    ready.leases++;
    let held = true;
    return {
      runner: ready.runner,
      facts: ready.facts,
      loadedAt: ready.loadedAt,
      release: () => {
        if (!held) return;
        held = false;
        ready.leases--;
        ready.lastUsed = performance.now();
        if (ready.leases === 0) this.budget.notifyChanged();
      },
    };
  }

  /** Takes a model out of service at once, to be loaded with that context when the requests that use it have ended. */
  private retire(ready: ReadyModel, contextSize: number | null): void {
    if (this.residents.get(ready.model) !== ready) return;
    const gone = this.whenIdle(ready)
      .then(() => this.end(ready, 'reload'))
      .then(() => this.reloadPinned(ready, contextSize));
    this.residents.set(ready.model, { state: 'unloading', gone, runner: ready.runner, reloading: true });
  }

  /**
   * Loads a pinned model again whether or not the launch that retired it still waits; with the context that it had when
   * the larger one cannot be had.
   */
  private reloadPinned({ model, entry, facts }: ReadyModel, contextSize: number | null): void {
    const mayLoad = (): boolean => !this.closed && this.pins.has(model) && !this.residents.has(model);
    if (!mayLoad()) return;
    this.startLoading(entry, contextSize).loaded.catch(() => {
      if (mayLoad()) this.startLoading(entry, facts.context?.size ?? null);
    });
  }

  private async whenIdle(ready: ReadyModel): Promise<void> {
    while (ready.leases > 0 && ready.runner.alive) {
      await Promise.race([this.budget.nextChange(), ready.runner.ended]);
    }
  }

  private async remove(ready: ReadyModel, reason: EvictionReason): Promise<void> {
    const gone = this.end(ready, reason);
    this.residents.set(ready.model, { state: 'unloading', gone, runner: ready.runner, reloading: false });
    await gone;
  }

  private async end(ready: ReadyModel, reason: EvictionReason): Promise<void> {
    await ready.runner.stop();
    this.residents.delete(ready.model);
    this.budget.ledger.release(ready.model);
    this.budget.notifyChanged();
    this.observer.modelUnloaded(ready.model, reason);
  }
}

function reasonOf(error: unknown): [reason: string, detail: string] {
  const reason = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error ? error.cause : undefined;
  return [reason, cause instanceof LoadFailure ? cause.stderr : ''];
}

/** True when a loaded model's context is large enough; one without a context, or whose server chose it, always is. */
function holdsContext({ entry, facts: { context } }: ReadyModel, wanted: number | null): boolean {
  if (entry.engine === 'remote') return true;
  return context === null || wanted === null || Math.min(wanted, context.trained) <= context.size;
}
