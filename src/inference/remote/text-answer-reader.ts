import type { JsonValue } from '../json-value.js';
import type { AnswerPiece, FinishReason, TextFinished } from '../text-tasks.js';
import type { TextTask } from './text-request.js';
import { tokenLogprobs } from './token-chances.js';
import { ToolCallPieces } from './tool-call-pieces.js';
import { nonsense } from './upstream-errors.js';
import { countAt, listAt, objectAt, textAt } from './wire.js';

/** Reasons for which a server ends an answer that is not whole. */
const CUT_SHORT: ReadonlySet<string> = new Set(['content_filter', 'abort', 'error']);

/** Makes pieces of one answer of the events that it comes in, and its end. Throws `runner_crashed` for what makes no sense. */
export class TextAnswerReader {
  private readonly calls = new ToolCallPieces();
  private completionTokens = 0;
  private finish: string | null = null;
  private usage: JsonValue | undefined;
  /** Whether a `<think>` of ours is still open. */
  private thinking = false;

  constructor(
    private readonly model: string,
    private readonly task: Pick<TextTask, 'tools' | 'logprobs' | 'reasoning'>,
  ) {}

  /** The pieces of the answer that an event carries. */
  read(event: JsonValue): AnswerPiece[] {
    this.usage = objectAt(event, 'usage') ?? this.usage;
    const choice = listAt(event, 'choices')?.[0];
    if (choice === undefined) return [];
    this.finish = textAt(choice, 'finish_reason') ?? this.finish;
    const delta = objectAt(choice, 'delta') ?? choice;
    const reasoning = textAt(delta, 'reasoning_content') ?? textAt(delta, 'reasoning') ?? '';
    const text = textAt(delta, 'content') ?? textAt(choice, 'text') ?? '';
    return [...this.reasoned(reasoning), ...this.said(text, choice), ...this.called(delta)];
  }

  /** How the answer ended. To be asked once its last event has been read. */
  end(): TextFinished {
    const finishReason = this.finishReason();
    const details = objectAt(this.usage, 'prompt_tokens_details') ?? undefined;
    return {
      type: 'finished',
      finishReason,
      promptTokens: countAt(this.usage, 'prompt_tokens') ?? 0,
      completionTokens: countAt(this.usage, 'completion_tokens') ?? this.completionTokens,
      cachedTokens: countAt(details, 'cached_tokens') ?? 0,
    };
  }

  private finishReason(): FinishReason {
    if (this.finish === null) throw this.broken('broke off in the middle of its answer');
    if (CUT_SHORT.has(this.finish)) throw this.broken(`cut its answer short (${this.finish})`);
    if (this.finish === 'length') return 'length';
    // With a choice that was forced, OpenAI and vLLM say "stop".
    return this.calls.count > 0 ? 'tool_calls' : 'stop';
  }

  private reasoned(text: string): AnswerPiece[] {
    if (text === '') return [];
    const completionTokens = this.count();
    if (this.task.reasoning === 'separate') return [{ type: 'reasoning', text, completionTokens }];
    const opening = this.thinking ? '' : '<think>';
    this.thinking = true;
    return [{ type: 'text', text: opening + text, completionTokens }];
  }

  private said(text: string, choice: JsonValue): AnswerPiece[] {
    const logprobs = this.task.logprobs === undefined ? [] : tokenLogprobs(choice);
    if (text === '' && logprobs.length === 0) return [];
    const piece = { type: 'text', text: this.closing() + text, completionTokens: this.count(logprobs.length) } as const;
    return [logprobs.length === 0 ? piece : { ...piece, logprobs }];
  }

  private called(delta: JsonValue): AnswerPiece[] {
    const pieces = this.calls.of(delta);
    if (pieces === null) throw this.broken('called a tool without its name');
    if (pieces.length === 0) return [];
    if (this.task.tools === undefined) throw this.broken('called a tool that it was not given');
    const completionTokens = this.count();
    const closing = this.closing();
    const before: AnswerPiece[] = closing === '' ? [] : [{ type: 'text', text: closing, completionTokens }];
    return [...before, ...pieces.map((piece) => ({ ...piece, completionTokens }))];
  }

  private closing(): string {
    if (!this.thinking) return '';
    this.thinking = false;
    return '</think>';
  }

  /** Until the server tells, a piece counts as a token, unless its tokens are told. */
  private count(tokens = 0): number {
    this.completionTokens += Math.max(1, tokens);
    return this.completionTokens;
  }

  private broken(what: string): Error {
    return nonsense(this.model, what);
  }
}
