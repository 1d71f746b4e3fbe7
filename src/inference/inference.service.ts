import { AdmissionQueue, type Ticket } from './admission/admission-queue.js';
import { Refusal } from './admission/refusal.js';
import type { Caller } from './caller.js';
import type { Catalogue } from './catalogue/catalogue.js';
import { answersInText, embeds, ranks, type RunnableModel } from './catalogue/model-entry.js';
import { deadlineHeaders } from './deadline.js';
import { abortReason, ParleyError, ShuttingDown, throwIfAborted } from './errors.js';
import { Holdings } from './holdings.js';
import type { InferenceObserver } from './observer.js';
import { RequestMeter } from './request-meter.js';
import { fingerprintOf } from './residency/fingerprint.js';
import type { Lease, LoadOptions, Residency } from './residency/residency.js';
import type { ResidentInfo } from './residency/resident.js';
import type { ModelFacts } from './runners/protocol.js';
import type { Chunk, Task, TaskKind } from './tasks.js';

export interface InferenceOptions {
  readonly maxQueue: number;
  /** Whether `run` may load a model that is not loaded. */
  readonly autoload: boolean;
}

/** Queue of one model as the metrics show it. */
export interface QueueInfo {
  readonly model: string;
  readonly running: number;
  readonly waiting: number;
  readonly drainSeconds: number;
}

/** The one door to models: everything the service computes passes through `run`. */
export class InferenceService {
  private readonly queues = new Map<string, AdmissionQueue>();
  private draining = false;
  private closing = false;

  constructor(
    readonly catalogue: Catalogue,
    private readonly residency: Residency,
    private readonly observer: InferenceObserver,
    private readonly options: InferenceOptions,
  ) {}

  /**
   * Does a task and yields its chunks as they come. Admission comes first, before anything is loaded or decoded. The
   * signal frees the request's place whether it is queued, loading, prefilling or decoding, also while nobody reads;
   * so does ending the loop.
   */
  async *run<K extends TaskKind>(task: Task<K>, caller: Caller, signal: AbortSignal): AsyncGenerator<Chunk<K>, void> {
    throwIfAborted(signal);
    const entry = this.entryFor(task);
    caller.recorder?.asks({ model: entry.id, task: task.kind, dialect: caller.dialect });
    const ticket = this.admit(entry.id, task.kind, caller);
    const resolved = { ...task, model: entry.id, sampling: { ...entry.sampling, ...task.sampling } };
    const meter = new RequestMeter(this.observer, resolved, caller);
    const holdings = new Holdings();
    let failure: unknown;
    holdings.add(() => meter.end(failure, signal.aborted ? abortReason(signal) : null));
    holdings.add(() => ticket.leave());
    const onAbort = (): void => holdings.releaseAll();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const lease = await this.leaseWithSlot(entry, ticket, meter, signal);
      holdings.add(() => lease.release());
      throwIfAborted(signal);
      meter.begin();
      const sentAlong = { ...meter.traceHeaders, ...deadlineHeaders(caller.deadline) };
      const run = lease.runner.run(resolved, caller.keyId, sentAlong);
      holdings.add(() => {
        run.abort();
        if (signal.aborted) run.chunks.close(abortReason(signal));
      });
      for await (const chunk of run.chunks) {
        meter.see(chunk);
        yield chunk;
      }
    } catch (error) {
      failure = this.closing ? whenClosing(error) : error;
      throw failure;
    } finally {
      signal.removeEventListener('abort', onAbort);
      holdings.releaseAll();
    }
  }

  /**
   * Throws what {@link run} would throw at once, before anything is fetched or decoded for a task; without a caller only
   * what it would throw to anybody.
   */
  checkRoom(name: string, kind: TaskKind, caller?: Pick<Caller, 'keyId' | 'deadline'>): void {
    const { id } = this.entryFor({ kind, model: name });
    const queue = this.queues.get(id);
    this.countingRefusals(id, () => (caller === undefined ? queue?.refuseIfFull() : queue?.refuse(caller)));
  }

  /**
   * Waits until a model that a task needs is loaded, for callers whose time limit does not count that. Throws what
   * {@link run} would throw at once.
   */
  async ready(name: string, kind: TaskKind, signal: AbortSignal): Promise<void> {
    this.checkRoom(name, kind);
    await this.residency.load(this.catalogue.findRunnable(name), { contextSize: null, pin: false }, signal);
  }

  /** Loads a model. Throws `model_not_found`, `invalid_request` when no engine runs it, `model_load_failed` or `overloaded`. */
  async load(name: string, options: LoadOptions, signal: AbortSignal): Promise<ModelFacts> {
    return this.residency.load(this.catalogue.findRunnable(name), options, signal);
  }

  /** Unloads a model; its memory is free when this resolves. False when it was not loaded. */
  async unload(name: string): Promise<boolean> {
    return this.residency.unload(this.catalogue.find(name).id, 'request');
  }

  /** What is in memory or on its way there. */
  list(): ResidentInfo[] {
    return this.residency.list();
  }

  /** What a loaded model is; null while it is not ready. */
  factsOf(name: string): ModelFacts | null {
    const { id } = this.catalogue.find(name);
    return this.list().find((resident) => resident.model === id)?.facts ?? null;
  }

  /**
   * Least context that a preloaded model keeps while it is loaded, in tokens: the default, within what it was trained
   * with. Null for any other model. Throws `model_not_found`.
   */
  pinnedContextOf(name: string): number | null {
    const entry = this.catalogue.findRunnable(name);
    const context = this.factsOf(name)?.context ?? null;
    if (entry.engine === 'remote' || context === null || !this.residency.isPinned(entry.id)) return null;
    return Math.min(this.residency.defaultContextOf(entry), context.trained);
  }

  /** Changes when one of a model's files does. Throws `model_not_found`, and `invalid_request` when no engine runs it. */
  fingerprintOf(name: string): string {
    return fingerprintOf(this.catalogue.findRunnable(name));
  }

  /** Whether a model is loaded or loading. Throws `model_not_found`. */
  isResident(name: string): boolean {
    const { id } = this.catalogue.find(name);
    return this.list().some((resident) => resident.model === id && resident.state !== 'unloading');
  }

  /** How often a model was unloaded on request; changes when somebody does. Throws `model_not_found`. */
  unloadsOf(name: string): number {
    return this.residency.unloadsOf(this.catalogue.find(name).id);
  }

  /** Whether a model is kept loaded: preloaded, and not unloaded on request since. Throws `model_not_found`. */
  isPinned(name: string): boolean {
    return this.residency.isPinned(this.catalogue.find(name).id);
  }

  queueInfo(): QueueInfo[] {
    return [...this.queues].map(([model, queue]) => ({
      model,
      running: queue.running,
      waiting: queue.waiting,
      drainSeconds: queue.drainSeconds,
    }));
  }

  memory(): { budget: number; used: number } {
    const { ledger } = this.residency.budget;
    return { budget: ledger.budget, used: ledger.used };
  }

  /**
   * New work is refused from now on, where it arrives ({@link refuseWhileDraining}). What was let in goes on, and whatever it
   * asks of models until it is done: most answers take several tasks.
   */
  beginDrain(): void {
    this.draining = true;
  }

  get isDraining(): boolean {
    return this.draining;
  }

  /** Throws `overloaded` once the service drains. For the door of a request: its model is not known yet. */
  refuseWhileDraining(): void {
    if (!this.draining) return;
    this.observer.rejected('draining', '');
    throw new ShuttingDown();
  }

  /** Ends every runner; what runs on them ends with `overloaded`. */
  async close(): Promise<void> {
    this.closing = true;
    await this.residency.unloadAll('shutdown');
  }

  private entryFor(task: Pick<Task, 'kind' | 'model'>): RunnableModel {
    const entry = this.catalogue.findRunnable(task.model);
    if (!canDo(entry, task.kind)) {
      throw new ParleyError('invalid_request', `The model "${task.model}" cannot do ${task.kind}.`, { param: 'model' });
    }
    this.refuseUnlessLoaded(entry);
    return entry;
  }

  private refuseUnlessLoaded({ id }: RunnableModel): void {
    if (this.options.autoload || this.isResident(id)) return;
    throw new ParleyError('model_not_loaded', `The model "${id}" is not loaded, and AUTOLOAD is off.`, {
      param: 'model',
    });
  }

  private admit(model: string, kind: TaskKind, caller: Caller): Ticket {
    let queue = this.queues.get(model);
    if (queue === undefined) {
      queue = new AdmissionQueue(this.options.maxQueue);
      this.queues.set(model, queue);
    }
    const beside = kind === 'tokenize' || kind === 'detokenize';
    return this.countingRefusals(model, () => (beside ? queue.enterBeside(caller) : queue.enter(caller)));
  }

  private countingRefusals<T>(model: string, ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      if (error instanceof Refusal) this.observer.rejected(error.reason, model);
      throw error;
    }
  }

  /** A runner that is alive and a slot of it. The runner may end while the request waits: then another is loaded. */
  private async leaseWithSlot(
    entry: RunnableModel,
    ticket: Ticket,
    meter: RequestMeter,
    signal: AbortSignal,
  ): Promise<Lease> {
    let lease = await this.residency.acquire(entry, signal);
    try {
      meter.hasModel(lease.loadedAt);
      this.queues.get(entry.id)?.setCapacity(lease.facts.slots);
      await ticket.turn(signal);
      while (!lease.runner.alive) {
        lease.release();
        this.refuseUnlessLoaded(entry);
        meter.asksAgain();
        lease = await this.residency.acquire(entry, signal);
        meter.hasModel(lease.loadedAt);
      }
      return lease;
    } catch (error) {
      lease.release();
      throw error;
    }
  }
}

/** A model that ends with the service is not one that was unloaded. */
function whenClosing(error: unknown): unknown {
  return error instanceof ParleyError && error.code === 'model_not_loaded' ? new ShuttingDown() : error;
}

function canDo(entry: RunnableModel, kind: TaskKind): boolean {
  if (kind === 'text-generation') return answersInText(entry);
  if (kind === 'tokenize' || kind === 'detokenize') return answersInText(entry) || embeds(entry) || ranks(entry);
  return entry.tasks.includes(kind);
}
