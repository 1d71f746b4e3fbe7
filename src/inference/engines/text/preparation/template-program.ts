import type { ToolUse } from '../../../chat-tools.js';
import type { ChatMessage, VisionPart } from '../../../text-tasks.js';
import type { ChatFormat } from '../chat-format/chat-format.js';

/** A chat template and what its model adds to it, as plain data for a worker thread. */
export interface TemplateProgram {
  /** Jinja; null for a base model, which continues a single text. */
  readonly template: string | null;
  /** Variables such as `bos_token`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Texts that the model reads as special tokens. */
  readonly specialTexts: readonly string[];
}

/** Messages of text, and the tools that are offered with them. */
export interface ChatInput {
  readonly kind: 'chat';
  readonly format: ChatFormat;
  readonly messages: readonly ChatMessage[];
  readonly tools: ToolUse | undefined;
}

/** Messages that may show images. */
export interface VisionInput {
  readonly kind: 'vision';
  readonly messages: readonly { readonly role: string; readonly parts: readonly VisionPart[] }[];
  /** Stands for an image in a prompt. */
  readonly placeholder: string;
  /** True when the template takes a message's parts as a list; else images are written as placeholders. */
  readonly takesParts: boolean;
}

export type TemplateInputs = ChatInput | VisionInput;

export interface RenderJob {
  readonly program: TemplateProgram;
  readonly input: TemplateInputs;
  /** Characters that a prompt may have. */
  readonly maxLength: number;
}
