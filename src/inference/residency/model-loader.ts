import type { RemoteModel, RunnableModel } from '../catalogue/model-entry.js';
import { ParleyError, throwIfAborted } from '../errors.js';
import { LoadFailure } from '../runners/load-failure.js';
import type { ModelFacts, RunnerSpec } from '../runners/protocol.js';
import type { Runner, StartRunner } from '../runners/runner.js';
import { fingerprintOf } from './fingerprint.js';
import type { MemoryBudget } from './memory-budget.js';
import type { Quarantine } from './quarantine.js';
import type { ThreadMemory } from './thread-memory.js';

type LocalRunnable = Exclude<RunnableModel, RemoteModel>;

/** What Node itself takes in a runner, beside the model. */
const RUNNER_BASE_BYTES = 96 * 1024 ** 2;
/** Share of the budget that one model's KV cache may take when the number of slots is left to the engine. */
const KV_SHARE = 0.25;

export interface LoaderSettings {
  readonly contextSize: number;
  readonly slots: number | null;
  readonly threads: number | null;
  readonly cpuCount: number;
}

export interface LoadRequest {
  readonly entry: RunnableModel;
  /** Null: the catalogue's or the service's default. */
  readonly contextSize: number | null;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

export interface LoadedRunner {
  readonly runner: Runner;
  readonly facts: ModelFacts;
}

/** Starts runners: header, memory, load; one evict-and-retry on out-of-memory; quarantine after repeated failures. */
export class ModelLoader {
  constructor(
    private readonly startRunner: StartRunner,
    private readonly settings: LoaderSettings,
    private readonly budget: MemoryBudget,
    private readonly quarantine: Quarantine,
    private readonly threadMemory: ThreadMemory,
  ) {}

  /** Context that a model is loaded with unless a launch asks for another, before it is clamped to the trained one. */
  defaultContextOf(entry: RunnableModel): number {
    return entry.contextSize ?? this.settings.contextSize;
  }

  /** Loads a model into a new runner. Throws a ParleyError; then no process and no reserved byte is left. */
  async load(request: LoadRequest): Promise<LoadedRunner> {
    const { entry } = request;
    const fingerprint = fingerprintOf(entry);
    this.quarantine.check(entry.id, fingerprint);
    try {
      const loaded = await this.loadWithRetry(request, fingerprint);
      this.quarantine.succeeded(entry.id);
      return loaded;
    } catch (error) {
      if (!(error instanceof LoadFailure)) throw error;
      // A context beyond the default is one launch's wish: that it cannot be had says nothing about the model.
      const isUsual = (request.contextSize ?? 0) <= this.defaultContextOf(entry);
      if (isUsual) this.quarantine.failed(entry.id, fingerprint, error.message);
      throw new ParleyError('model_load_failed', `The model "${entry.id}" could not be loaded: ${error.message}.`, {
        cause: error,
      });
    }
  }

  private async loadWithRetry(request: LoadRequest, fingerprint: string): Promise<LoadedRunner> {
    try {
      return await this.attempt(request, fingerprint);
    } catch (error) {
      if (!(error instanceof LoadFailure) || error.failure !== 'out-of-memory') throw error;
      if ((await this.budget.evictIdle('out-of-memory')) === 0) throw error;
      return this.attempt(request, fingerprint);
    }
  }

  private async attempt(
    { entry, contextSize, signal, onProgress }: LoadRequest,
    fingerprint: string,
  ): Promise<LoadedRunner> {
    throwIfAborted(signal);
    const runner = this.start(entry, contextSize, fingerprint);
    const stop = (): void => void runner.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const bytes = await runner.size();
      if (entry.engine !== 'remote') await this.budget.reserve(entry.id, bytes + RUNNER_BASE_BYTES, signal);
      const facts = await runner.load(onProgress);
      await this.budget.reconcile(entry.id, facts.memoryBytes);
      throwIfAborted(signal);
      if (this.settings.threads === null && facts.threads !== null) this.threadMemory.put(fingerprint, facts.threads);
      return { runner, facts };
    } catch (error) {
      await runner.stop();
      this.budget.ledger.release(entry.id);
      this.budget.notifyChanged();
      throwIfAborted(signal);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private start(entry: RunnableModel, contextSize: number | null, fingerprint: string): Runner {
    if (entry.engine !== 'remote') return this.startRunner.local(this.specOf(entry, contextSize, fingerprint));
    // Its server has the context that it has, whatever is asked for.
    return this.startRunner.remote({ model: entry.id, remote: entry.remote, contextSize: entry.contextSize });
  }

  private specOf(entry: LocalRunnable, contextSize: number | null, fingerprint: string): RunnerSpec {
    return {
      model: entry.id,
      engine: entry.engine,
      tasks: entry.tasks,
      path: entry.path,
      files: entry.hub?.files,
      contextSize: contextSize ?? this.defaultContextOf(entry),
      slots: this.settings.slots,
      kvBudgetBytes: this.budget.ledger.budget * KV_SHARE,
      threads:
        this.settings.threads === null
          ? this.threadMemory.get(fingerprint)
          : [{ tokens: 1, threads: this.settings.threads }],
      cpuCount: this.settings.cpuCount,
    };
  }
}
