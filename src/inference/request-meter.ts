import { ParleyError, type ErrorCode } from './errors.js';
import type { Caller } from './caller.js';
import type { InferenceObserver, Outcome, RequestLabels } from './observer.js';
import type { RunRecording } from './run-recorder.js';
import { RunTimeline, type PhaseName } from './run-timeline.js';
import type { Chunk, Task, TaskKind } from './tasks.js';
import type { FinishReason } from './text-tasks.js';

/** Measures one request from its arrival to its end, and reports it once. */
export class RequestMeter {
  private readonly arrived = performance.now();
  private readonly timeline = new RunTimeline(this.arrived);
  private readonly labels: RequestLabels;
  private readonly recording: RunRecording | undefined;
  private askedForModel = this.arrived;
  private started: number | undefined;
  private firstPiece: number | undefined;
  private lastPiece: number | undefined;
  private promptTokens = 0;
  private cachedTokens = 0;
  private completionTokens = 0;
  private finishReason: FinishReason | undefined;

  constructor(
    private readonly observer: InferenceObserver,
    task: Task,
    caller: Caller,
  ) {
    this.labels = { model: task.model, task: task.kind, dialect: caller.dialect };
    this.recording = caller.recorder?.begin(this.labels);
  }

  /** See {@link RunRecording.traceHeaders}. */
  get traceHeaders(): Readonly<Record<string, string>> {
    return this.recording?.traceHeaders ?? {};
  }

  /** Its model is gone, and it asks for it again. */
  asksAgain(): void {
    this.askedForModel = performance.now();
    this.timeline.enter('load', this.askedForModel);
  }

  /** Its model is there, since `loadedAt` on the scale of `performance.now()`, and it waits for a slot. */
  hasModel(loadedAt: number): void {
    // Where the model was there already nothing was waited for.
    this.timeline.enter('queue', loadedAt > this.askedForModel ? performance.now() : this.askedForModel);
  }

  /** It has a slot. */
  begin(): void {
    this.started = performance.now();
    this.timeline.enter(firstPhaseOf(this.labels.task), this.started);
  }

  see(chunk: Chunk): void {
    switch (chunk.type) {
      case 'started':
        this.promptTokens = chunk.promptTokens;
        this.cachedTokens = chunk.cachedTokens;
        break;
      case 'text':
      case 'reasoning':
      case 'tool-call':
        this.completionTokens = chunk.completionTokens;
        this.seePiece();
        break;
      case 'finished':
        this.promptTokens = chunk.promptTokens;
        if ('cachedTokens' in chunk) this.cachedTokens = chunk.cachedTokens; // more than at the start where it was shared
        this.completionTokens = chunk.completionTokens;
        this.finishReason = chunk.finishReason;
        break;
      case 'page':
      case 'embedding':
      case 'ranked':
      case 'tokens':
      case 'detokenized':
      case 'drawing':
      case 'step':
      case 'picture':
      case 'speech':
      case 'audio':
        break;
    }
  }

  /** To be called once, at the end. `error` is what ended it early, `abort` why its signal did, where it did. */
  end(error: unknown, abort: ParleyError | null): void {
    const seconds = (at: number): number => (at - this.arrived) / 1000;
    const now = performance.now();
    const outcome = this.outcome(error);
    const report = {
      ...this.labels,
      outcome,
      queueSeconds: seconds(this.started ?? now),
      firstTokenSeconds: this.firstPiece === undefined ? null : seconds(this.firstPiece),
      totalSeconds: seconds(now),
      promptTokens: this.promptTokens,
      completionTokens: this.completionTokens,
      cachedTokens: this.cachedTokens,
      errorCode: errorCodeOf(outcome, outcome === 'cancelled' ? abort : error),
      phases: this.timeline.until(now),
    };
    this.observer.requestEnded(report);
    this.recording?.end(report);
  }

  private seePiece(): void {
    const now = performance.now();
    if (this.lastPiece !== undefined) this.observer.interToken(this.labels, (now - this.lastPiece) / 1000);
    this.firstPiece ??= now;
    this.lastPiece = now;
    this.timeline.enter('decode', now);
  }

  private outcome(error: unknown): Outcome {
    if (this.finishReason !== undefined) return this.finishReason;
    if (error === undefined || (error instanceof ParleyError && error.code === 'cancelled')) return 'cancelled';
    return 'error';
  }
}

function errorCodeOf(outcome: Outcome, why: unknown): ErrorCode | null {
  if (why instanceof ParleyError) return why.code === 'cancelled' ? null : why.code;
  return outcome === 'error' ? 'internal' : null;
}

/** Only text has a first token that tells the reading of the prompt from the answer. */
function firstPhaseOf(task: TaskKind): PhaseName {
  return task === 'text-generation' || task === 'image-text-to-text' ? 'prefill' : 'work';
}
