import type { Task } from '../tasks.js';
import type { ModelFacts, RunnerSpec } from './protocol.js';
import type { RunStream } from './run-stream.js';

/** Why a runner is no longer there. */
export interface RunnerEnd {
  /** True when the service ended it itself. */
  readonly expected: boolean;
  /** For people: exit code or signal, and its last error line. */
  readonly reason: string;
}

/** A started run: its chunks, and the way to end it early. */
export interface Run {
  readonly chunks: RunStream;
  /** Frees the runner's slot soon; the stream ends with what was given as the reason. */
  abort(): void;
}

/** The parent's handle of one model's process. Tests put fakes behind this interface, nowhere else. */
export interface Runner {
  readonly pid: number;
  /** Bytes the loaded model is expected to take. Rejects with `model_load_failed`. */
  size(): Promise<number>;
  /** Loads the model, within a deadline sized by its bytes. Rejects with a {@link LoadFailure}. */
  load(onProgress: (fraction: number) => void): Promise<ModelFacts>;
  run(task: Task, cacheScope: string): Run;
  /** Physical memory at the last heartbeat. */
  readonly memoryBytes: number;
  readonly ended: Promise<RunnerEnd>;
  readonly alive: boolean;
  /** Ends the process and resolves when it is gone, its memory with it. */
  stop(): Promise<void>;
}

export type StartRunner = (spec: RunnerSpec) => Runner;
