import type { ErrorCode } from './errors.js';
import type { RunPhase } from './run-timeline.js';
import type { RefusalReason } from './admission/refusal.js';
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
  /** What ended it early, such as a deadline; null: nothing did, or its client left. */
  readonly errorCode: ErrorCode | null;
  /** From its arrival to its end. */
  readonly phases: readonly RunPhase[];
}

export type EvictionReason = 'budget' | 'out-of-memory' | 'request' | 'reload' | 'shutdown';

/** Why a request was refused at the door. */
export type RejectionReason = RefusalReason | 'draining';

/** Injection token of the {@link InferenceObserver}. */
export const INFERENCE_OBSERVER = Symbol('inference observer');

/** What the core tells about itself; the metrics module listens. */
export interface InferenceObserver {
  requestEnded(report: RequestReport): void;
  /** Seconds between two pieces of one stream. */
  interToken(labels: RequestLabels, seconds: number): void;
  rejected(reason: RejectionReason, model: string): void;
  modelLoaded(model: string, seconds: number): void;
  /** `detail` is what the runner wrote last, for the log alone. */
  modelLoadFailed(model: string, reason: string, detail: string): void;
  modelUnloaded(model: string, reason: EvictionReason): void;
  runnerEnded(model: string, reason: string): void;
}
