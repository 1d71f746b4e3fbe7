import { Template } from '@huggingface/jinja';
import type { LlamaModel, Token } from 'node-llama-cpp';
import { ParleyError } from '../../errors.js';
import type { ChatMessage, Prompt } from '../../text-tasks.js';
import { SpecialTextGuard } from './special-text-guard.js';

/** Renders prompts with the model's own Jinja chat template and tokenises them. */
export class PromptRenderer {
  private readonly template: Template | null;
  private readonly guard: SpecialTextGuard;

  constructor(private readonly model: LlamaModel) {
    const source = model.fileInfo.metadata.tokenizer.chat_template;
    this.template = typeof source === 'string' && source !== '' ? new Template(source) : null;
    this.guard = SpecialTextGuard.of(model);
  }

  /** Tokens of the prompt, BOS included where the model wants one. Throws `invalid_request`. */
  tokens(prompt: Prompt): Token[] {
    const tokens = prompt.kind === 'raw' ? this.model.tokenize(prompt.text, true) : this.ofMessages(prompt.messages);
    const { bos, shouldPrependBosToken } = this.model.tokens;
    if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
    if (tokens.length === 0) throw new ParleyError('invalid_request', 'The prompt is empty.', { param: 'prompt' });
    return tokens;
  }

  private ofMessages(messages: readonly ChatMessage[]): Token[] {
    const guarded = messages.map((message) => ({ role: message.role, content: this.guard.mask(message.content) }));
    return this.guard.tokenize(this.render(guarded));
  }

  private render(messages: readonly ChatMessage[]): string {
    const [only] = messages;
    if (this.template === null) {
      if (only !== undefined && messages.length === 1) return only.content; // a base model continues a single text
      throw new ParleyError('invalid_request', 'This model has no chat template: it takes one user message only.', {
        param: 'messages',
      });
    }
    try {
      return this.template.render({
        messages: messages.map((message) => ({ ...message })),
        add_generation_prompt: true,
        bos_token: this.model.tokens.bosString ?? '',
        eos_token: this.model.tokens.eosString ?? '',
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ParleyError('invalid_request', `The model's chat template refuses these messages: ${why}`, {
        param: 'messages',
        cause: error,
      });
    }
  }
}
