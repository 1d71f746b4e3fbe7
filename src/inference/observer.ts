import type { TaskKind } from './tasks.js';

export type Outcome = 'stop' | 'length' | 'tool_calls' | 'cancelled' | 'error';

export interface RequestLabels {
  readonly model: string;
  readonly task: TaskKind;
  readonly dialect: string;
}

/** One request, told when it has ended. Times in seconds. */
export interface RequestReport extends RequestLabels {
  readonly outcome: Outcome;
  /** From arrival until it had a slot, the model's load included. */
  readonly queueSeconds: number;
  /** From arrival to the first token; null when there was none. */
  readonly firstTokenSeconds: number | null;
  readonly totalSeconds: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

export type EvictionReason = 'budget' | 'out-of-memory' | 'request' | 'reload' | 'shutdown';

/** Injection token of the {@link InferenceObserver}. */
export const INFERENCE_OBSERVER = Symbol('inference observer');

/** What the core tells about itself; the metrics module listens. */
export interface InferenceObserver {
  requestEnded(report: RequestReport): void;
  /** Seconds between two pieces of one stream. */
  interToken(labels: RequestLabels, seconds: number): void;
  rejected(reason: 'overloaded' | 'draining', model: string): void;
  modelLoaded(model: string, seconds: number): void;
  /** `detail` is what the runner wrote last, for the log alone. */
  modelLoadFailed(model: string, reason: string, detail: string): void;
  modelUnloaded(model: string, reason: EvictionReason): void;
  runnerEnded(model: string, reason: string): void;
}
