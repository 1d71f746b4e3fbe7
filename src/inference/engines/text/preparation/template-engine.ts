import { Template } from '@huggingface/jinja';
import { ParleyError } from '../../../errors.js';
import type { VisionPart } from '../../../text-tasks.js';
import { inWords, type ChatFormat } from '../chat-format/chat-format.js';
import type { Mask } from '../chat-format/masked-json.js';
import type { TemplateInput } from '../chat-format/template-input.js';
import { templateMessages } from '../chat-format/template-messages.js';
import { bracketMask, patternOf, spreadMask } from './special-text-mask.js';
import type { ChatInput, TemplateInputs, TemplateProgram, VisionInput } from './template-program.js';

/** Renders prompts with one chat template: the same on a runner's event loop and in its worker thread. */
export class TemplateEngine {
  private readonly template: Template | null;
  private readonly bracket: Mask;
  private readonly spread: Mask;

  /** Throws what the Jinja library throws for a broken template. */
  constructor(readonly program: TemplateProgram) {
    const pattern = patternOf(program.specialTexts);
    this.bracket = bracketMask(pattern);
    this.spread = spreadMask(pattern);
    this.template = program.template === null ? null : new Template(program.template);
  }

  /** Throws `invalid_request` for messages that the template refuses. */
  render(input: TemplateInputs): string {
    return input.kind === 'chat' ? this.chat(input) : this.vision(input);
  }

  private chat({ messages, format, tools }: ChatInput): string {
    const inputFor = (written: ChatFormat): TemplateInput => templateMessages(messages, written, tools, this.bracket);
    if (this.template === null) return onlyMessage(inputFor(format));
    try {
      return this.explained(this.template, inputFor(format));
    } catch (error) {
      // Some templates fail over tools that another library would take: those can be described in words.
      if (tools === undefined || format.name !== 'hermes') throw error;
      return this.explained(this.template, inputFor(inWords(format)));
    }
  }

  private vision({ messages, placeholder, takesParts }: VisionInput): string {
    const masked = messages.map(({ role, parts }) => ({ role, parts: parts.map((part) => this.maskedPart(part)) }));
    if (this.template === null) {
      return onlyMessage({ messages: masked.map(({ parts }) => ({ content: worded(parts, placeholder) })) });
    }
    const content = (parts: readonly VisionPart[]): string | readonly VisionPart[] => {
      if (!takesParts) return worded(parts, placeholder);
      // Some templates look at the first part of each message.
      return parts.length === 0 ? [{ type: 'text', text: '' }] : parts;
    };
    return this.explained(this.template, {
      messages: masked.map(({ role, parts }) => ({ role, content: content(parts) })),
    });
  }

  private maskedPart(part: VisionPart): VisionPart {
    return part.type === 'text' ? { type: 'text', text: this.spread(part.text) } : { type: 'image' };
  }

  private explained(template: Template, input: object): string {
    try {
      return template.render({ ...input, add_generation_prompt: true, ...this.program.variables });
    } catch (error) {
      throw templateRefusal(error instanceof Error ? error.message : String(error), error);
    }
  }
}

export function templateRefusal(why: string, cause?: unknown): ParleyError {
  return new ParleyError('invalid_request', `The model's chat template refuses these messages: ${why}`, {
    param: 'messages',
    cause,
  });
}

/** A base model continues a single text. */
function onlyMessage({ messages }: { readonly messages: readonly { readonly content: string }[] }): string {
  const [only] = messages;
  if (only !== undefined && messages.length === 1) return only.content;
  throw new ParleyError('invalid_request', 'This model has no chat template: it takes one user message only.', {
    param: 'messages',
  });
}

function worded(parts: readonly VisionPart[], placeholder: string): string {
  return parts.map((part) => (part.type === 'text' ? part.text : `${placeholder}\n`)).join('');
}
