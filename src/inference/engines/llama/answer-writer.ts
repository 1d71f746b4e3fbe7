import type { LlamaModel, Token } from 'node-llama-cpp';
import type { AnswerWishes, TokenLogprob } from '../../answer-wishes.js';
import type { FinishReason } from '../../text-tasks.js';
import type { RunSink } from '../engine.js';
import type { AnswerParser } from '../text/chat-format/answer-parser.js';
import type { AnswerPart } from '../text/chat-format/answer-parts.js';
import { Detokenizer } from '../text/detokenizer.js';
import { StopMatcher } from '../text/stop-matcher.js';

export interface WriterOptions {
  readonly prompt: readonly Token[];
  readonly wishes: Pick<AnswerWishes, 'stop'>;
  /** Finds tool calls and thoughts in the text; null: there are none to find. */
  readonly parser: AnswerParser | null;
  /** Special tokens that are written out, since the parser looks for them; the text of others is empty. */
  readonly marks: ReadonlySet<Token>;
}

/** Takes the tokens of one answer to its sink, as text, thoughts and tool calls. */
export class AnswerWriter {
  completionTokens = 0;
  private readonly detokenizer: Detokenizer<Token>;
  private readonly stops: StopMatcher;
  /** Of tokens whose text has not been sent. */
  private logprobs: TokenLogprob[] = [];
  private callsTools = false;
  /** A stop text was found: nothing that comes later is part of the answer. */
  private stopped = false;

  constructor(
    model: LlamaModel,
    private readonly options: WriterOptions,
    private readonly sink: RunSink,
  ) {
    const { prompt, wishes, marks } = options;
    this.detokenizer = new Detokenizer(
      (tokens, last) =>
        model.detokenize(
          tokens,
          tokens.some((token) => marks.has(token)),
          last,
        ),
      prompt,
    );
    this.stops = new StopMatcher(wishes.stop);
  }

  /** True when a stop text ended the answer. */
  push(token: Token, logprob: TokenLogprob | undefined): boolean {
    this.completionTokens++;
    if (logprob !== undefined) this.logprobs.push(logprob);
    const text = this.detokenizer.push(token);
    const { parser } = this.options;
    this.stopped = parser === null ? this.writeText(text) : this.writeParts(parser.push(text));
    return this.stopped;
  }

  /** Sends what was held back, once no more tokens come. Why the answer has ended, as its reader sees it. */
  end(reason: 'stop' | 'length'): FinishReason {
    const { parser } = this.options;
    if (!this.stopped && parser !== null) this.stopped = this.writeParts(parser.flush());
    if (!this.stopped) this.sendText(this.stops.flush());
    return this.callsTools && reason === 'stop' ? 'tool_calls' : reason;
  }

  private writeParts(parts: readonly AnswerPart[]): boolean {
    return parts.some((part) => this.writePart(part));
  }

  private writePart(part: AnswerPart): boolean {
    const { completionTokens } = this;
    switch (part.type) {
      case 'text':
        return this.writeText(part.text);
      case 'reasoning':
        this.logprobs = [];
        this.sink.chunk({ type: 'reasoning', text: part.text, completionTokens });
        return false;
      case 'call-start':
        this.callsTools = true;
        this.sink.chunk({
          type: 'tool-call',
          index: part.index,
          id: part.id,
          name: part.name,
          arguments: '',
          completionTokens,
        });
        return false;
      case 'call-arguments':
        this.logprobs = [];
        this.sink.chunk({ type: 'tool-call', index: part.index, arguments: part.text, completionTokens });
        return false;
      case 'call-end':
        return false;
    }
  }

  private writeText(text: string): boolean {
    const matched = this.stops.push(text);
    this.sendText(matched.text);
    return matched.stopped;
  }

  private sendText(text: string): void {
    if (text === '') return;
    const { completionTokens, logprobs } = this;
    this.logprobs = [];
    this.sink.chunk({ type: 'text', text, completionTokens, ...(logprobs.length > 0 && { logprobs }) });
  }
}
