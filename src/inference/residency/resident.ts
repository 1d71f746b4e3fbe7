import type { RunnableModel } from '../catalogue/model-entry.js';
import type { ModelFacts } from '../runners/protocol.js';
import type { Runner } from '../runners/runner.js';

/**
 * The life of a model in memory. A model without an entry is not loaded.
 *
 *            acquire                loaded
 *   (none) ───────────► loading ───────────► ready ──┐ leases 0..n
 *      ▲                   │                   │  ▲───┘
 *      │    load failed    │                   │ crash (a pinned model goes to loading again)
 *      ├───────────────────┴───────────────────┤
 *      │                                       │ unload, evict, reload
 *      └───────────────────── unloading ◄──────┘
 */
export type Resident = LoadingModel | ReadyModel | UnloadingModel;

export interface LoadingModel {
  readonly state: 'loading';
  readonly loaded: Promise<ReadyModel>;
  readonly abort: AbortController;
  /** 0..1 */
  progress: number;
}

export interface ReadyModel {
  readonly state: 'ready';
  readonly model: string;
  readonly entry: RunnableModel;
  readonly runner: Runner;
  readonly facts: ModelFacts;
  /** Requests that use or wait for this runner. A model with leases is never evicted. */
  leases: number;
  /** Milliseconds on a monotonic clock. */
  readonly loadedAt: number;
  lastUsed: number;
}

export interface UnloadingModel {
  readonly state: 'unloading';
  readonly gone: Promise<void>;
  readonly runner: Runner;
  /** It is about to be loaded again, with another context size. */
  readonly reloading: boolean;
}

/** What `list` tells of a model in memory. */
export interface ResidentInfo {
  readonly model: string;
  readonly state: Resident['state'];
  readonly facts: ModelFacts | null;
  /** Bytes of physical memory its process holds; 0 until it is ready. */
  readonly memoryBytes: number;
  readonly pinned: boolean;
  /** 0..1 while loading. */
  readonly progress: number;
}
