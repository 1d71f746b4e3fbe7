import type { LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { RunSink } from '../engine.js';
import type { AnswerWriter } from './answer-writer.js';
import { copyPrefix } from './binding-internals.js';
import type { AcquiredSlot, Slot } from './sequence-pool.js';
import type { TokenChoice } from './token-choice.js';
import { TokenStream, type NextToken } from './token-stream.js';
import { TopTokenStream } from './top-token-stream.js';

/** Another request that evaluates a beginning of the same prompt. */
export interface SharedPrefix {
  readonly from: Generation;
  /** Leading tokens of the prompt that both have. */
  readonly tokens: number;
}

export interface GenerationParts {
  readonly id: number;
  readonly prompt: readonly Token[];
  /** Tokens that fit the context, within what the task allows. */
  readonly maxTokens: number;
  readonly acquired: AcquiredSlot;
  /** Whose prompts may share a KV cache. */
  readonly scope: string;
  /** Null: there is none to share. */
  readonly shared: SharedPrefix | null;
  readonly choice: TokenChoice;
  readonly writer: AnswerWriter;
}

/**
 * One request in the batch loop.
 *
 *   sharing ──prefix copied──► prefilling ──last slice──► decoding ──EOG, stop text, length──► finished
 *      └──────────────────────── abort ─────────┴──────────────────────────────────────────────────┘
 *
 * Sharing: another request is evaluating the same beginning; what it has is copied when it has it.
 */
export class Generation {
  readonly slot: Slot;
  paused = false;
  finished = false;
  private shared: SharedPrefix | null;
  /** Prompt tokens not evaluated yet. */
  private remaining: readonly Token[];
  private cachedTokens: number;
  private readonly generated: Token[] = [];
  private readonly options: SequenceEvaluateOptions;
  private tokens: TokenStream | TopTokenStream | undefined;

  constructor(
    private readonly model: LlamaModel,
    private readonly parts: GenerationParts,
    private readonly sink: RunSink,
  ) {
    const { acquired, prompt, shared } = parts;
    this.slot = acquired.slot;
    this.shared = shared;
    this.cachedTokens = acquired.cachedTokens;
    this.remaining = prompt.slice(acquired.cachedTokens);
    this.options = {
      ...parts.choice.options((count) => this.recentTokens(count)),
      // Carries the order of sequences to the batch (see batch-order.ts); the type knows llama.cpp's 1 to 5 only.
      evaluationPriority: acquired.slot.index as NonNullable<SequenceEvaluateOptions['evaluationPriority']>,
    };
  }

  get id(): number {
    return this.parts.id;
  }

  get scope(): string {
    return this.parts.scope;
  }

  get prompt(): readonly Token[] {
    return this.parts.prompt;
  }

  /** True when its tokens take so long to choose that they slow the streams of others. */
  get costly(): boolean {
    return this.parts.choice.costly;
  }

  get decoding(): boolean {
    return this.tokens !== undefined;
  }

  /** Whether it waits for what another request evaluates. */
  get sharing(): boolean {
    return this.shared !== null;
  }

  /** Prompt tokens that the next step may take. */
  get prefillLeft(): number {
    return this.tokens === undefined ? this.remaining.length : 0;
  }

  /** Takes the shared prefix as soon as it is there. To be called between turns. */
  async share(): Promise<void> {
    const { shared } = this;
    if (shared === null) return;
    const { from, tokens } = shared;
    if (from.evaluated < tokens && !from.finished && !from.paused) return;
    this.shared = null;
    if (from.evaluated < tokens || this.finished) return;
    const { sequence } = this.slot;
    const copied = await copyPrefix(from.slot.sequence, sequence, tokens).catch((error: unknown) => {
      console.error('a prefix could not be copied', error);
      return false;
    });
    if (!copied) await sequence.clearHistory();
    this.cachedTokens = copied ? tokens : 0;
    this.remaining = this.parts.prompt.slice(this.cachedTokens);
  }

  /** Evaluates one slice of the prompt, or one token. What comes out is sent by {@link settle}. */
  async step(prefillTokens: number): Promise<NextToken | null> {
    if (this.tokens === undefined && this.remaining.length > prefillTokens) {
      const slice = this.remaining.slice(0, prefillTokens);
      this.remaining = this.remaining.slice(prefillTokens);
      const { evaluationPriority } = this.options;
      await this.slot.sequence.evaluateWithoutGeneratingNewTokens(slice, {
        evaluationPriority: evaluationPriority ?? 1,
      });
      return null;
    }
    this.tokens ??= this.startDecoding();
    return this.tokens.next();
  }

  /** Takes the step's token to the reader. */
  settle(next: NextToken | null): void {
    if (next === null || this.finished) return;
    const { writer, maxTokens } = this.parts;
    if (this.model.isEogToken(next.token)) {
      this.finish('stop');
      return;
    }
    this.generated.push(next.token);
    if (writer.push(next.token, next.logprob)) this.finish('stop');
    else if (this.generated.length >= maxTokens) this.finish('length');
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
    await this.tokens?.close();
  }

  /** Tokens in the sequence's KV cache, all of this prompt and its answer. */
  private get evaluated(): number {
    return this.sharing ? this.cachedTokens : this.slot.sequence.nextTokenIndex;
  }

  private startDecoding(): TokenStream | TopTokenStream {
    const { choice } = this.parts;
    const { sequence } = this.slot;
    const recent = (count: number): Token[] => this.recentTokens(count);
    const top = choice.topScoring(recent);
    if (top !== null) return new TopTokenStream(sequence, [...this.remaining], this.options.evaluationPriority, top);
    const scoring = choice.scoring(recent);
    return new TokenStream(sequence, [...this.remaining], this.options, scoring);
  }

  private finish(reason: 'stop' | 'length'): void {
    this.finished = true;
    this.sink.chunk({
      type: 'finished',
      finishReason: this.parts.writer.end(reason),
      promptTokens: this.parts.prompt.length,
      completionTokens: this.generated.length,
      cachedTokens: this.cachedTokens,
    });
    this.sink.done();
  }

  private recentTokens(count: number): Token[] {
    const { prompt } = this.parts;
    const fromPrompt = Math.max(0, count - this.generated.length);
    return [...(fromPrompt > 0 ? prompt.slice(-fromPrompt) : []), ...this.generated.slice(-count)];
  }
}
