import type { ContextFacts } from '../../runners/protocol.js';
import type { Task, TaskKind } from '../../tasks.js';
import type { RunSink } from '../engine.js';
import type { RunControl } from '../onnx/run-control.js';
import type { ModelTokens } from '../text/tokens/model-tokens.js';

/** A model in memory. It does one run at a time. */
export interface LoadedModel {
  readonly context: ContextFacts;
  /** Beside token tasks, which every model does. */
  readonly tasks: readonly TaskKind[];
  readonly tokens: ModelTokens;
  /** Sends everything but the end, which is `done` when this resolves. Throws `ParleyError`s and `RunAborted`. */
  run(task: Task, control: RunControl, sink: RunSink): Promise<void>;
}
