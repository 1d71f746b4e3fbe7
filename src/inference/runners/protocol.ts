import type { ErrorCode } from '../errors.js';
import type { Capability, RunnerEngine } from '../catalogue/model-entry.js';
import type { CostlyPreparation } from '../engines/text/preparation/preparations.js';
import type { ThreadPlan } from './thread-plan.js';
import type { Chunk, Task } from '../tasks.js';
import type { FileSlice } from './file-transfer.js';

/**
 * Everything that passes between the service (parent) and the runner (child) of one model.
 *
 *   parent                      child
 *     │ init ───────────────────► │  reads the file's header
 *     │ ◄─────────────── sized    │  bytes it will take
 *     │   (memory is made free)   │
 *     │ load ───────────────────► │  progress …
 *     │ ◄─────────────── ready    │
 *     │ file ───────────────────► │  slices of a run's pictures, before it
 *     │ run, abort, pause, resume │
 *     │ ◄─────────────── events   │  one message per step, for all requests together
 *     │ ◄─────────────── heartbeat│  every second, and when a costly preparation begins
 *
 * `init-failed` may stand where `sized` or `ready` is expected; the child then ends itself.
 */

export interface RunnerSpec {
  readonly model: string;
  readonly engine: RunnerEngine;
  /** What it is loaded for. */
  readonly tasks: readonly Capability[];
  readonly path: string;
  /** Of the folder `path`, the files that are this model's, as paths in it; absent: all of them. */
  readonly files?: readonly string[] | undefined;
  /** Context size in tokens that was asked for; the engine stays within the model's own. */
  readonly contextSize: number;
  /** Requests answered at a time; null: as many as `kvBudgetBytes` allows, at most 16. */
  readonly slots: number | null;
  /** Bytes the KV cache may take when `slots` is null. */
  readonly kvBudgetBytes: number;
  /** CPU threads by turn size; null: measure. */
  readonly threads: ThreadPlan | null;
  readonly cpuCount: number;
}

/** Context sizes in tokens. */
export interface ContextFacts {
  readonly size: number;
  /** What the model was trained with: the most it can be loaded with. */
  readonly trained: number;
}

/** What a loaded model is, as its engine found it. */
export interface ModelFacts {
  /** Null for a model that has none. */
  readonly context: ContextFacts | null;
  readonly slots: number;
  /** What was measured, to be remembered; null: nothing was. */
  readonly threads: ThreadPlan | null;
  readonly gpuLayers: number;
  readonly gpuName: string | null;
  /** Bytes of physical memory that the process holds. */
  readonly memoryBytes: number;
}

export type ParentMessage =
  | { readonly type: 'init'; readonly spec: RunnerSpec }
  | { readonly type: 'load' }
  | FileSlice
  | { readonly type: 'run'; readonly id: number; readonly task: Task; readonly cacheScope: string }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'pause'; readonly id: number }
  | { readonly type: 'resume'; readonly id: number };

export type InitFailure = 'out-of-memory' | 'invalid-file' | 'failed';

/** What happened to one request: a chunk, its end, or its failure. `done` and `failed` are last. */
export type RunEvent =
  | { readonly id: number; readonly type: 'chunk'; readonly chunk: Chunk }
  | { readonly id: number; readonly type: 'done' }
  | {
      readonly id: number;
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly param?: string | undefined;
    };

export type ChildMessage =
  | { readonly type: 'sized'; readonly bytes: number }
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'ready'; readonly facts: ModelFacts }
  | { readonly type: 'init-failed'; readonly failure: InitFailure; readonly message: string }
  | { readonly type: 'events'; readonly events: readonly RunEvent[] }
  | {
      readonly type: 'heartbeat';
      readonly memoryBytes: number;
      readonly steps: number;
      /** Requests whose prompt or texts are being read, where that takes long; absent: none. */
      readonly preparing?: readonly CostlyPreparation[];
    };
