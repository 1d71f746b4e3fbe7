import { ParleyError } from './errors.js';
import type { Caller } from './caller.js';
import type { InferenceObserver, Outcome } from './observer.js';
import type { Chunk, Task } from './tasks.js';
import type { FinishReason } from './text-tasks.js';

/** Measures one request from its arrival to its end, and reports it once. */
export class RequestMeter {
  private readonly arrived = performance.now();
  private started: number | undefined;
  private firstPiece: number | undefined;
  private lastPiece: number | undefined;
  private promptTokens = 0;
  private cachedTokens = 0;
  private completionTokens = 0;
  private finishReason: FinishReason | undefined;

  constructor(
    private readonly observer: InferenceObserver,
    private readonly task: Task,
    private readonly caller: Caller,
  ) {}

  /** It has a slot. */
  begin(): void {
    this.started = performance.now();
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

  /** To be called once, at the end; `error` is what ended it early. */
  end(error: unknown): void {
    const seconds = (at: number): number => (at - this.arrived) / 1000;
    const now = performance.now();
    this.observer.requestEnded({
      model: this.task.model,
      task: this.task.kind,
      dialect: this.caller.dialect,
      outcome: this.outcome(error),
      queueSeconds: seconds(this.started ?? now),
      firstTokenSeconds: this.firstPiece === undefined ? null : seconds(this.firstPiece),
      totalSeconds: seconds(now),
      promptTokens: this.promptTokens,
      completionTokens: this.completionTokens,
      cachedTokens: this.cachedTokens,
    });
  }

  private seePiece(): void {
    const now = performance.now();
    if (this.lastPiece !== undefined) {
      const labels = { model: this.task.model, task: this.task.kind, dialect: this.caller.dialect };
      this.observer.interToken(labels, (now - this.lastPiece) / 1000);
    }
    this.firstPiece ??= now;
    this.lastPiece = now;
  }

  private outcome(error: unknown): Outcome {
    if (this.finishReason !== undefined) return this.finishReason;
    if (error === undefined || (error instanceof ParleyError && error.code === 'cancelled')) return 'cancelled';
    return 'error';
  }
}
