import { env, LogLevel } from '@huggingface/transformers';
import type { RunnerSpec } from '../../runners/protocol.js';
import { threadCount } from '../onnx/thread-count.js';
import type { Dtype } from '../onnx/onnx-files.js';
import type { ModelPlan } from './model-plan.js';

export interface LoadOptions {
  readonly local_files_only: true;
  readonly device: 'cpu';
  /** By graph. */
  readonly dtype: Record<string, Dtype>;
  readonly session_options: { readonly intraOpNumThreads: number; readonly interOpNumThreads: number };
}

/** Keeps transformers.js from fetching anything, and from writing what users sent into the log. */
export function goOffline(): void {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.logLevel = LogLevel.NONE; // a failed run would print its inputs
}

export function loadOptions(plan: ModelPlan, spec: RunnerSpec): LoadOptions {
  return {
    local_files_only: true,
    device: 'cpu',
    dtype: Object.fromEntries([...plan.graphs].map(([graph, { dtype }]) => [graph, dtype])),
    session_options: { intraOpNumThreads: threadCount(spec), interOpNumThreads: 1 },
  };
}
