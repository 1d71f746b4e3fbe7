import type { JsonObject } from '../../../json-value.js';
import type { ChatMessage } from '../../../text-tasks.js';

/** A message as Hugging Face's chat templates take it. */
export interface TemplateMessage {
  readonly role: ChatMessage['role'];
  readonly content: string;
  readonly tool_calls?: readonly TemplateCall[];
  readonly tool_call_id?: string;
  readonly name?: string;
}

export interface TemplateCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: JsonObject | string };
}

export interface TemplateTool {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description: string; readonly parameters: JsonObject };
}

/** What a chat template is rendered with. `tools` is absent where the model may call none, or is told of them in words. */
export interface TemplateInput {
  readonly messages: readonly TemplateMessage[];
  readonly tools?: readonly TemplateTool[];
}
