import { Template } from '@huggingface/jinja';
import { ParleyError } from '../../../errors.js';
import { InitError } from '../../engine.js';
import { withinTime } from '../../text/template-time.js';
import type { BoundMessage, BoundPart } from './conversation.js';
import type { TemplateSource } from './template-source.js';

const PROBE = 'probe of the template';

interface TemplateMessage {
  readonly role: string;
  readonly content: string | readonly ({ readonly type: 'image' } | { readonly type: 'text'; readonly text: string })[];
}

/** Renders conversations with a model's own chat template. */
export class ChatTemplate {
  private readonly template: Template | null;
  /** Whether the template takes a message's parts as a list; else pictures are worded here. */
  private readonly takesParts: boolean;

  /** @param placeholder What stands for a picture in a prompt. Throws {@link InitError} for a broken template. */
  constructor(
    private readonly source: TemplateSource,
    private readonly placeholder: string,
  ) {
    try {
      this.template = source.template === null ? null : new Template(source.template);
    } catch (error) {
      console.error(error);
      throw new InitError('invalid-file', 'its chat template is not sound Jinja');
    }
    this.takesParts = this.rendersParts();
  }

  /** Throws `invalid_request` for messages that the template refuses, or whose pictures it leaves out. */
  render(messages: readonly BoundMessage<unknown>[]): string {
    if (this.template === null) return this.single(messages);
    const prompt = this.explained(messages.map((message) => this.templateMessage(message)));
    const pictures = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === 'image').length;
    if (prompt.split(this.placeholder).length - 1 === pictures) return prompt;
    throw new ParleyError('invalid_request', 'The model’s chat template cannot show pictures in these messages.', {
      param: 'messages',
    });
  }

  /** A base model continues a single text. */
  private single(messages: readonly BoundMessage<unknown>[]): string {
    const [only] = messages;
    if (only !== undefined && messages.length === 1) return this.wording(only.parts);
    throw new ParleyError('invalid_request', 'This model has no chat template: it takes one user message only.', {
      param: 'messages',
    });
  }

  private templateMessage({ role, parts }: BoundMessage<unknown>): TemplateMessage {
    if (!this.takesParts) return { role, content: this.wording(parts) };
    // Some templates look at the first part of each message.
    const content = parts.length === 0 ? [{ type: 'text' as const, text: '' }] : parts;
    return { role, content: content.map((part) => (part.type === 'image' ? { type: 'image' } : { ...part })) };
  }

  private wording(parts: readonly BoundPart<unknown>[]): string {
    return parts.map((part) => (part.type === 'text' ? part.text : `${this.placeholder}\n`)).join('');
  }

  private rendersParts(): boolean {
    try {
      const content = [{ type: 'image' as const }, { type: 'text' as const, text: PROBE }];
      const prompt = this.rendered([{ role: 'user', content }]);
      return prompt.includes(PROBE) && prompt.includes(this.placeholder);
    } catch {
      return false; // it takes texts only
    }
  }

  private explained(messages: readonly TemplateMessage[]): string {
    try {
      return this.rendered(messages);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ParleyError('invalid_request', `The model's chat template refuses these messages: ${why}`, {
        param: 'messages',
        cause: error,
      });
    }
  }

  private rendered(messages: readonly TemplateMessage[]): string {
    const { template, source } = this;
    if (template === null) return '';
    return withinTime(() => template.render({ messages, add_generation_prompt: true, ...source.specialTokens }));
  }
}
