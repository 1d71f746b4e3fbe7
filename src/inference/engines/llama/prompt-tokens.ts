import type { Token } from 'node-llama-cpp';
import type { ChatMessage, Prompt } from '../../text-tasks.js';
import type { ThoughtMarks } from '../text/chat-format/chat-format.js';

export interface RenderedPrompt {
  readonly tokens: Token[];
  /** Tags of reasoning that the prompt has opened for the model; null where it has opened none. */
  readonly openThought: ThoughtMarks | null;
}

/** Turns a task's prompt into tokens, or bounds their number without doing so. */
export interface PromptTokens {
  /** Throws `TokenLimitError` for a long prompt that has more than `limit` tokens. */
  render(prompt: Prompt, limit: number): RenderedPrompt | Promise<RenderedPrompt>;
  /** Lower bound of a message's tokens in the prompt. */
  ofMessage(message: ChatMessage): number;
  /** Lower bound of the tokens of everything else: of a raw text, or of the tools beside the messages. */
  ofRest(): number;
}
