import type { LlamaContextSequence, LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { FinishReason, TextGenerationTask } from '../../text-tasks.js';
import type { RunSink } from '../engine.js';
import { Detokenizer } from '../text/detokenizer.js';
import { StopMatcher } from '../text/stop-matcher.js';
import { samplingOptions } from './sampling-options.js';
import type { AcquiredSlot, Slot } from './sequence-pool.js';

export interface GenerationRequest {
  readonly id: number;
  readonly task: TextGenerationTask;
  /** Tokens that fit the context, within what the task allows. */
  readonly maxTokens: number;
}

/**
 * One request in the batch loop.
 *
 *   prefilling ──last slice──► decoding ──EOG, stop string, length──► finished
 *       └───────── abort ──────────┴──────────────────────────────────────┘
 */
export class Generation {
  readonly slot: Slot;
  paused = false;
  finished = false;
  /** Prompt tokens not evaluated yet. */
  private remaining: Token[];
  private readonly cachedTokens: number;
  private readonly generated: Token[] = [];
  private readonly detokenizer: Detokenizer<Token>;
  private readonly stops: StopMatcher;
  private readonly options: SequenceEvaluateOptions;
  private tokens: ReturnType<LlamaContextSequence['evaluate']> | undefined;

  constructor(
    private readonly model: LlamaModel,
    private readonly prompt: readonly Token[],
    acquired: AcquiredSlot,
    private readonly request: GenerationRequest,
    private readonly sink: RunSink,
  ) {
    this.slot = acquired.slot;
    this.cachedTokens = acquired.cachedTokens;
    this.remaining = prompt.slice(acquired.cachedTokens);
    this.detokenizer = new Detokenizer((tokens, last) => model.detokenize(tokens, false, last), prompt);
    this.stops = new StopMatcher(request.task.stop);
    this.options = {
      ...samplingOptions(request.task.sampling, (count) => this.recentTokens(count)),
      // Carries the order of sequences to the batch (see batch-order.ts); the type knows llama.cpp's 1 to 5 only.
      evaluationPriority: acquired.slot.index as NonNullable<SequenceEvaluateOptions['evaluationPriority']>,
    };
  }

  get id(): number {
    return this.request.id;
  }

  get decoding(): boolean {
    return this.tokens !== undefined;
  }

  /** Prompt tokens that the next step may take. */
  get prefillLeft(): number {
    return this.tokens === undefined ? this.remaining.length : 0;
  }

  /** Evaluates one slice of the prompt, or one token. What comes out is sent by {@link settle}. */
  async step(prefillTokens: number): Promise<Token | null> {
    if (this.tokens === undefined && this.remaining.length > prefillTokens) {
      const slice = this.remaining.slice(0, prefillTokens);
      this.remaining = this.remaining.slice(prefillTokens);
      const { evaluationPriority } = this.options;
      await this.slot.sequence.evaluateWithoutGeneratingNewTokens(slice, {
        evaluationPriority: evaluationPriority ?? 1,
      });
      return null;
    }
    this.tokens ??= this.slot.sequence.evaluate(this.remaining, this.options);
    const next = await this.tokens.next();
    if (next.done === true) throw new Error('the token generator ended early');
    return next.value;
  }

  /** Takes the step's token to text and to the sink. */
  settle(token: Token | null): void {
    if (token === null || this.finished) return;
    if (this.model.isEogToken(token)) {
      this.emit(this.stops.flush());
      this.finish('stop');
      return;
    }
    this.generated.push(token);
    const matched = this.stops.push(this.detokenizer.push(token));
    this.emit(matched.text);
    if (matched.stopped) this.finish('stop');
    else if (this.generated.length >= this.request.maxTokens) {
      this.emit(this.stops.flush());
      this.finish('length');
    }
  }

  fail(error: unknown): void {
    if (this.finished) return;
    this.finished = true;
    console.error('generation failed', error);
    this.sink.fail('internal', 'The model failed while answering.');
  }

  /** Frees the token generator; the sequence keeps its KV cache for the next request. */
  async close(): Promise<void> {
    this.finished = true;
    await this.tokens?.return();
  }

  private emit(text: string): void {
    if (text !== '') this.sink.chunk({ type: 'text', text, completionTokens: this.generated.length });
  }

  private finish(finishReason: FinishReason): void {
    this.finished = true;
    this.sink.chunk({
      type: 'finished',
      finishReason,
      promptTokens: this.prompt.length,
      completionTokens: this.generated.length,
      cachedTokens: this.cachedTokens,
    });
    this.sink.done();
  }

  private recentTokens(count: number): Token[] {
    const fromPrompt = Math.max(0, count - this.generated.length);
    return [...(fromPrompt > 0 ? this.prompt.slice(-fromPrompt) : []), ...this.generated.slice(-count)];
  }
}
