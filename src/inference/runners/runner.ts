import type { RemoteSource } from '../catalogue/remote-source.js';
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

/** The handle of one loaded model: of its process, or of the connection to the server that has it. Tests put fakes behind this interface, nowhere else. */
export interface Runner {
  /** 0 where there is no process. */
  readonly pid: number;
  /** Bytes the loaded model is expected to take. Rejects with `model_load_failed`. */
  size(): Promise<number>;
  /** Loads the model, within a deadline sized by its bytes. Rejects with a {@link LoadFailure}. */
  load(onProgress: (fraction: number) => void): Promise<ModelFacts>;
  /** `headers` go along where another server does the work: of traces, and of a deadline. */
  run(task: Task, cacheScope: string, headers?: Readonly<Record<string, string>>): Run;
  /** Physical memory at the last heartbeat. */
  readonly memoryBytes: number;
  readonly ended: Promise<RunnerEnd>;
  readonly alive: boolean;
  /** Ends the process and resolves when it is gone, its memory with it. */
  stop(): Promise<void>;
}

/** A model that another server has. */
export interface RemoteSpec {
  readonly model: string;
  readonly remote: RemoteSource;
  /** Context size in tokens, as the catalogue says; null: the server is asked. */
  readonly contextSize: number | null;
}

/** How runners come to be: as a process, or as the connection to a server. */
export interface StartRunner {
  readonly local: (spec: RunnerSpec) => Runner;
  readonly remote: (spec: RemoteSpec) => Runner;
}
