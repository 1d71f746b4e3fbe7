import { ParleyError } from '../../../errors.js';
import type { VisionPart } from '../../../text-tasks.js';
import { InitError } from '../../engine.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import type { VisionInput } from '../../text/preparation/template-program.js';
import { TemplateRenderer } from '../../text/preparation/template-renderer.js';
import { withinTime } from '../../text/preparation/time-limit.js';
import type { BoundMessage, BoundPart } from './conversation.js';
import type { TemplateSource } from './template-source.js';

const PROBE = 'probe of the template';
const PROBE_MS = 500;

/** Renders conversations with a model's own chat template. */
export class ChatTemplate {
  private readonly renderer: TemplateRenderer;
  /** Whether the template takes a message's parts as a list; else pictures are worded here. */
  private readonly takesParts: boolean;

  /**
   * @param placeholder What stands for a picture in a prompt.
   * @param specialTexts Texts that are special to the model, and are not so in a message.
   * Throws {@link InitError} for a broken template.
   */
  constructor(
    private readonly source: TemplateSource,
    private readonly placeholder: string,
    specialTexts: readonly string[] = [],
  ) {
    const { template, specialTokens: variables } = source;
    try {
      this.renderer = new TemplateRenderer({ template, variables, specialTexts });
    } catch (error) {
      console.error(error);
      throw new InitError('invalid-file', 'its chat template is not sound Jinja');
    }
    this.takesParts = this.rendersParts();
  }

  /** Throws `invalid_request` for messages that the template refuses, or whose pictures it leaves out; `cancelled`. */
  async render(messages: readonly BoundMessage<unknown>[], preparation: Preparation): Promise<string> {
    const prompt = await this.renderer.render(this.inputOf(messages, this.takesParts), preparation);
    if (this.source.template === null) return prompt;
    const pictures = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === 'image').length;
    if (prompt.split(this.placeholder).length - 1 === pictures) return prompt;
    throw new ParleyError('invalid_request', 'The model’s chat template cannot show pictures in these messages.', {
      param: 'messages',
    });
  }

  private inputOf(messages: readonly BoundMessage<unknown>[], takesParts: boolean): VisionInput {
    return {
      kind: 'vision',
      messages: messages.map(({ role, parts }) => ({ role, parts: parts.map(withoutImage) })),
      placeholder: this.placeholder,
      takesParts,
    };
  }

  private rendersParts(): boolean {
    if (this.source.template === null) return false;
    try {
      const parts = [{ type: 'image', image: null } as const, { type: 'text', text: PROBE } as const];
      const input = this.inputOf([{ role: 'user', parts }], true);
      const prompt = withinTime(PROBE_MS, () => this.renderer.engine.render(input));
      return prompt.includes(PROBE) && prompt.includes(this.placeholder);
    } catch {
      return false; // it takes texts only
    }
  }
}

function withoutImage(part: BoundPart<unknown>): VisionPart {
  return part.type === 'image' ? { type: 'image' } : part;
}
