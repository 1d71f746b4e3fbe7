import type { ErrorCode } from '../errors.js';
import type { InitFailure, ModelFacts, RunnerSpec } from '../runners/protocol.js';
import type { Chunk, Task } from '../tasks.js';
import type { CostlyPreparation } from './text/preparation/preparations.js';

/** Where an engine reports what became of one request. `done` or `fail` is called exactly once, last. */
export interface RunSink {
  chunk(chunk: Chunk): void;
  done(): void;
  fail(code: ErrorCode, message: string, param?: string): void;
}

/** One model in one runner process. Lives in the child; never imports Nest or HTTP. */
export interface Engine {
  /** Reads the header only. Bytes that the loaded model will take. Throws {@link InitError}. */
  size(): Promise<number>;
  /** Loads the model. `onProgress` gets 0..1. Throws {@link InitError}. */
  load(onProgress: (fraction: number) => void): Promise<Omit<ModelFacts, 'memoryBytes'>>;
  /** Begins one request. The parent never starts more than `slots` at a time; token tasks come on top, done at once. */
  start(id: number, task: Task, cacheScope: string, sink: RunSink): void;
  /** Ends a request soon, without another word to its sink. Unknown ids are ignored: it may just have ended. */
  abort(id: number): void;
  /** Stops producing for a request whose reader is slow, until `resume`. */
  pause(id: number): void;
  resume(id: number): void;
  /**
   * Requests whose prompt or texts are still being read and take long, for the heartbeat: the time that they take is no
   * stall, and is limited for each of them. Absent for an engine that has no such requests.
   */
  readonly costlyPreparations?: readonly CostlyPreparation[];
  /** Counts steps of progress (tokens, diffusion steps), so that a hang can be told from slowness. */
  readonly steps: number;
}

export type EngineFactory = (spec: RunnerSpec) => Engine;

/** Why a model could not be loaded; the message is shown to clients. */
export class InitError extends Error {
  override readonly name = 'InitError';

  constructor(
    readonly failure: InitFailure,
    message: string,
  ) {
    super(message);
  }
}
