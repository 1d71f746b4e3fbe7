import { Template } from '@huggingface/jinja';
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { ToolUse } from '../../chat-tools.js';
import { ParleyError } from '../../errors.js';
import type { ChatMessage, Prompt } from '../../text-tasks.js';
import { markTexts } from '../text/chat-format/call-syntax.js';
import {
  inWords,
  openedThought,
  recogniseFormat,
  type ChatFormat,
  type ThoughtMarks,
} from '../text/chat-format/chat-format.js';
import type { TemplateInput } from '../text/chat-format/template-input.js';
import { templateMessages } from '../text/chat-format/template-messages.js';
import { withinTime } from '../text/template-time.js';
import { SpecialTextGuard } from './special-text-guard.js';

export interface RenderedPrompt {
  readonly tokens: Token[];
  /** The marks of a thought that the prompt has begun for the model; null where it has begun none. */
  readonly openThought: ThoughtMarks | null;
}

/** Renders prompts with the model's own Jinja chat template and tokenises them. */
export class PromptRenderer {
  /** How the model writes tool calls and thoughts, as its template tells. */
  readonly format: ChatFormat;
  /** The model's special tokens that are marks of this format: they are part of what it writes. */
  readonly marks: ReadonlySet<Token>;
  /** The other special tokens, but for those that end answers: no part of any text. */
  readonly silent: readonly Token[];
  private readonly template: Template | null;
  private readonly guard: SpecialTextGuard;

  constructor(private readonly model: LlamaModel) {
    const source = model.fileInfo.metadata.tokenizer.chat_template;
    const text = typeof source === 'string' && source !== '' ? source : null;
    this.template = text === null ? null : new Template(text);
    this.format = recogniseFormat(text);
    this.guard = SpecialTextGuard.of(model);
    const special = [...model.iterateAllTokens()].filter((token) => model.isSpecialToken(token));
    this.marks = marksAmong(special, model, this.format);
    this.silent = special.filter((token) => !this.marks.has(token) && !model.isEogToken(token));
  }

  /** The prompt, BOS included where the model wants one. Throws `invalid_request`. */
  render(prompt: Prompt, tools: ToolUse | undefined): RenderedPrompt {
    if (prompt.kind === 'raw') {
      return { tokens: this.begun(this.model.tokenize(prompt.text, true)), openThought: null };
    }
    const text = this.textOf(prompt.messages, tools);
    return { tokens: this.begun(this.guard.tokenize(text)), openThought: openedThought(text, this.format) };
  }

  private begun(tokens: Token[]): Token[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
    if (tokens.length === 0) throw new ParleyError('invalid_request', 'The prompt is empty.', { param: 'prompt' });
    return tokens;
  }

  private textOf(messages: readonly ChatMessage[], tools: ToolUse | undefined): string {
    const { format, template } = this;
    const inputFor = (written: ChatFormat): TemplateInput =>
      templateMessages(messages, written, tools, (text) => this.guard.mask(text));
    if (template === null) return onlyMessage(inputFor(format));
    try {
      return this.rendered(template, inputFor(format));
    } catch (error) {
      // Some templates fail over tools that another library would take: those can be told in words.
      if (tools === undefined || format.name !== 'hermes') throw error;
      return this.rendered(template, inputFor(inWords(format)));
    }
  }

  private rendered(template: Template, input: TemplateInput): string {
    try {
      const bos_token = this.model.tokens.bosString ?? '';
      const eos_token = this.model.tokens.eosString ?? '';
      return withinTime(() => template.render({ ...input, add_generation_prompt: true, bos_token, eos_token }));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ParleyError('invalid_request', `The model's chat template refuses these messages: ${why}`, {
        param: 'messages',
        cause: error,
      });
    }
  }
}

/** A base model continues a single text. */
function onlyMessage({ messages }: TemplateInput): string {
  const [only] = messages;
  if (only !== undefined && messages.length === 1) return only.content;
  throw new ParleyError('invalid_request', 'This model has no chat template: it takes one user message only.', {
    param: 'messages',
  });
}

function marksAmong(special: readonly Token[], model: LlamaModel, format: ChatFormat): ReadonlySet<Token> {
  const texts = new Set(markTexts(format));
  return new Set(special.filter((token) => texts.has(model.detokenize([token], true).trim())));
}
