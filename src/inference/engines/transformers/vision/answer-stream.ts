import type { FinishReason } from '../../../text-tasks.js';
import type { RunSink } from '../../engine.js';
import { Detokenizer } from '../../text/detokenizer.js';
import { StopMatcher } from '../../text/stop-matcher.js';
import type { RunControl } from '../../onnx/run-control.js';

export interface AnswerOptions {
  readonly promptTokens: number;
  readonly stop: readonly string[];
  /** Tokens that end an answer. */
  readonly endTokens: ReadonlySet<number>;
  readonly decode: (tokens: readonly number[], last: readonly number[]) => string;
}

/**
 * Takes what `generate` puts out, token by token, to the sink. transformers.js' own TextStreamer waits for spaces; this
 * one sends text as soon as its characters are whole and it can be no part of a stop text.
 */
export class AnswerStream {
  private readonly detokenizer: Detokenizer<number>;
  private readonly stops: StopMatcher;
  private completionTokens = 0;
  private finishReason: FinishReason = 'length';
  private promptSeen = false;

  constructor(
    private readonly options: AnswerOptions,
    private readonly control: RunControl,
    private readonly sink: RunSink,
    /** Told when a stop text was found. */
    private readonly onStop: () => void,
  ) {
    this.detokenizer = new Detokenizer(options.decode, []);
    this.stops = new StopMatcher(options.stop);
  }

  /** Called by `generate`: first with the prompt, then with each token. */
  put(batch: bigint[][]): void {
    if (!this.promptSeen) {
      this.promptSeen = true;
      return;
    }
    for (const token of batch[0] ?? []) this.take(Number(token));
  }

  /** Called by `generate` after the last token: {@link finish} says the end once nothing can fail any more. */
  end(): void {
    // nothing is held back for it
  }

  /** Sends what was held back, and the end. */
  finish(): void {
    if (this.control.aborted) return;
    this.emit(this.stops.flush());
    const { promptTokens } = this.options;
    const { finishReason, completionTokens } = this;
    this.sink.chunk({ type: 'finished', finishReason, promptTokens, completionTokens, cachedTokens: 0 });
  }

  private take(token: number): void {
    if (this.finishReason === 'stop' || this.control.aborted) return;
    if (this.options.endTokens.has(token)) {
      this.finishReason = 'stop';
      return;
    }
    this.completionTokens++;
    const { text, stopped } = this.stops.push(this.detokenizer.push(token));
    this.emit(text);
    if (!stopped) return;
    this.finishReason = 'stop';
    this.onStop();
  }

  private emit(text: string): void {
    if (text !== '') this.sink.chunk({ type: 'text', text, completionTokens: this.completionTokens });
  }
}
