import type { ChatMessage } from '../../inference/text-tasks.js';

/** How much of a conversation is kept. What was added last stays, however long it is. */
export interface ConversationBounds {
  readonly messages: number;
  /** UTF-16 code units of their contents. */
  readonly characters: number;
}

/** Far more than any context holds. */
export const CONVERSATION_BOUNDS: ConversationBounds = { messages: 1000, characters: 4_000_000 };

/** What messages take of the {@link ConversationBounds}. */
export function sizeOf(messages: readonly ChatMessage[]): ConversationBounds {
  return {
    messages: messages.length,
    characters: messages.reduce((sum, { content }) => sum + content.length, 0),
  };
}
