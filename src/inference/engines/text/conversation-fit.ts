import { ParleyError } from '../../errors.js';
import type { ChatMessage } from '../../text-tasks.js';

/** At least this share of the context stays free for the answer when old turns are dropped. */
const ANSWER_SHARE = 0.25;

/** Tokens that a shortened conversation leaves free for its answer. */
export function answerReserve(maxTokens: number | undefined, contextSize: number): number {
  return Math.min(maxTokens ?? contextSize, Math.floor(contextSize * ANSWER_SHARE));
}

/** Tokens that may be generated after a prompt. Throws `context_length_exceeded` with both counts if there is no room. */
export function answerRoom(promptTokens: number, maxTokens: number | undefined, contextSize: number): number {
  if (promptTokens >= contextSize) {
    throw new ParleyError(
      'context_length_exceeded',
      `The prompt has ${String(promptTokens)} tokens; the model's context holds ${String(contextSize)}, answer included.`,
      { param: 'messages' },
    );
  }
  const room = contextSize - promptTokens;
  return Math.min(maxTokens ?? room, room);
}

/**
 * Leaves out the oldest exchange: everything from the first message that is not a system prompt up to the next question.
 * Null when only the last question is left.
 */
export function withoutOldestTurn<Message extends Pick<ChatMessage, 'role'>>(
  messages: readonly Message[],
): readonly Message[] | null {
  const first = messages.findIndex((message) => message.role !== 'system');
  const next = messages.findIndex((message, index) => index > first && message.role === 'user');
  if (first === -1 || next === -1) return null;
  return [...messages.slice(0, first), ...messages.slice(next)];
}
