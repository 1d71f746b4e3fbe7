import type { LlamaModel, Token } from 'node-llama-cpp';
import type { ToolUse } from '../../chat-tools.js';
import { ParleyError } from '../../errors.js';
import type { ChatMessage, Prompt, TextGenerationTask } from '../../text-tasks.js';
import { markTexts } from '../text/chat-format/call-syntax.js';
import { openedThought, recogniseFormat, type ChatFormat } from '../text/chat-format/chat-format.js';
import { inputSize } from '../text/preparation/input-size.js';
import type { Preparation } from '../text/preparation/preparations.js';
import { LONG_TEXT } from '../text/preparation/sliced-tokenizer.js';
import { measureRoles, TokenEstimate } from '../text/preparation/token-estimate.js';
import type { ChatInput } from '../text/preparation/template-program.js';
import { TemplateRenderer } from '../text/preparation/template-renderer.js';
import { withinTime } from '../text/preparation/time-limit.js';
import type { PromptTokens, RenderedPrompt } from './prompt-tokens.js';
import { SpecialTextGuard } from './special-text-guard.js';
import { readVocabulary, type Vocabulary } from './vocabulary.js';

/** Milliseconds in which a template is measured when its model is loaded. */
const MEASURE_MS = 500;
/** Messages of a prompt that is rendered and counted rather than estimated, if it is no long text either. */
const FEW_MESSAGES = 64;

type PromptOfTask = Pick<TextGenerationTask, 'prompt' | 'tools'>;

/** Renders prompts with the model's own Jinja chat template and tokenises them. */
export class PromptRenderer {
  /** How the model writes tool calls and thoughts, as its template tells. */
  readonly format: ChatFormat;
  /** The model's special tokens that are marks of this format: they are part of what it writes. */
  readonly marks: ReadonlySet<Token>;
  /** The other special tokens, but for those that end answers: no part of any text. */
  readonly silent: readonly Token[];
  private readonly templates: TemplateRenderer;
  private readonly guard: SpecialTextGuard;
  private readonly vocabulary: Vocabulary;
  private readonly estimate: TokenEstimate;

  constructor(private readonly model: LlamaModel) {
    const source = model.fileInfo.metadata.tokenizer.chat_template;
    const text = typeof source === 'string' && source !== '' ? source : null;
    this.format = recogniseFormat(text);
    this.vocabulary = readVocabulary(model);
    const { special, specialTexts, longestToken } = this.vocabulary;
    this.guard = new SpecialTextGuard(specialTexts);
    const variables = { bos_token: model.tokens.bosString ?? '', eos_token: model.tokens.eosString ?? '' };
    this.templates = new TemplateRenderer({ template: text, variables, specialTexts });
    this.estimate = new TokenEstimate(this.measured(), longestToken, this.format.thoughts);
    this.marks = marksAmong(special, model, this.format);
    this.silent = special.filter((token) => !this.marks.has(token) && !model.isEogToken(token));
  }

  /** The tokens of a task's prompt for `fitPrompt`; those of a short one are counted rather than estimated. */
  promptTokens({ prompt, tools }: PromptOfTask, preparation: Preparation): PromptTokens {
    const { estimate } = this;
    const short = this.isShort(prompt, tools);
    return {
      render: (of, limit) => this.render(of, tools, preparation, limit),
      ofMessage: (message) => (short ? 0 : estimate.ofMessage(message)),
      ofRest: () => (short ? 0 : prompt.kind === 'raw' ? estimate.ofText(prompt.text) : estimate.ofTools(tools)),
    };
  }

  /**
   * The prompt, BOS included where the model wants one. Throws `invalid_request`, `cancelled`, and `TokenLimitError` for a
   * long prompt of more than `limit` tokens.
   */
  async render(
    prompt: Prompt,
    tools: ToolUse | undefined,
    preparation: Preparation,
    limit = Infinity,
  ): Promise<RenderedPrompt> {
    const { tokenizer } = this.vocabulary;
    if (prompt.kind === 'raw') {
      const tokens = await tokenizer.tokens([{ text: prompt.text, special: true }], preparation, limit);
      return { tokens: this.begun(tokens), openThought: null };
    }
    const text = await this.templates.render(this.input(prompt.messages, tools), preparation);
    const tokens = await tokenizer.tokens(this.guard.segments(text), preparation, limit);
    return { tokens: this.begun(tokens), openThought: openedThought(text, this.format) };
  }

  /** Tokens of a text in which nothing is special. */
  plain(text: string, preparation: Preparation): Promise<Token[]> {
    return this.vocabulary.tokenizer.tokens([{ text, special: false }], preparation);
  }

  private isShort(prompt: Prompt, tools: ToolUse | undefined): boolean {
    if (prompt.kind === 'raw') return prompt.text.length <= LONG_TEXT;
    const { messages } = prompt;
    return messages.length <= FEW_MESSAGES && inputSize(this.input(messages, tools), LONG_TEXT) <= LONG_TEXT;
  }

  private input(messages: readonly ChatMessage[], tools: ToolUse | undefined): ChatInput {
    return { kind: 'chat', format: this.format, messages, tools };
  }

  private measured(): ReturnType<typeof measureRoles> {
    const until = performance.now() + MEASURE_MS;
    const { pattern } = this.guard;
    return measureRoles(
      (messages) => {
        const left = Math.ceil(until - performance.now());
        return withinTime(Math.max(1, left), () => this.templates.engine.render(this.input(messages, undefined)));
      },
      (prompt) => (pattern === null ? 0 : (prompt.match(pattern)?.length ?? 0)),
    );
  }

  private begun(tokens: Token[]): Token[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
    if (tokens.length === 0) throw new ParleyError('invalid_request', 'The prompt is empty.', { param: 'prompt' });
    return tokens;
  }
}

function marksAmong(special: readonly Token[], model: LlamaModel, format: ChatFormat): ReadonlySet<Token> {
  const texts = new Set(markTexts(format));
  return new Set(special.filter((token) => texts.has(model.detokenize([token], true).trim())));
}
