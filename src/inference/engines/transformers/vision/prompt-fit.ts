import { answerReserve, answerRoom, withoutOldestTurn } from '../../text/conversation-fit.js';
import type { OverflowPolicy } from '../../../answer-wishes.js';
import type { BoundMessage } from './conversation.js';

export interface FitOptions {
  readonly overflow: OverflowPolicy;
  readonly maxTokens: number | undefined;
  readonly contextSize: number;
}

/** How a conversation becomes what the model reads. */
export interface PromptMaker<Image, Inputs> {
  /** Tokens without those that pictures unfold to: quick, and never too many. */
  count(messages: readonly BoundMessage<Image>[]): number;
  make(messages: readonly BoundMessage<Image>[]): Promise<{ readonly inputs: Inputs; readonly promptTokens: number }>;
}

export interface FittedConversation<Image, Inputs> {
  /** Those that are left. */
  readonly messages: readonly BoundMessage<Image>[];
  readonly inputs: Inputs;
  readonly promptTokens: number;
  readonly droppedMessages: number;
  /** Tokens that may be generated before the context is full, within what was asked for. */
  readonly maxTokens: number;
}

/**
 * Makes a prompt that fits the context. Under `drop-oldest` the oldest turns are left out with their pictures, never the
 * system prompt nor the last question. Throws `context_length_exceeded`; nothing is cut silently.
 */
export async function fitConversation<Image, Inputs>(
  messages: readonly BoundMessage<Image>[],
  options: FitOptions,
  maker: PromptMaker<Image, Inputs>,
): Promise<FittedConversation<Image, Inputs>> {
  const { overflow, maxTokens, contextSize } = options;
  const most = overflow === 'refuse' ? Infinity : contextSize - answerReserve(maxTokens, contextSize);
  let kept = messages;
  for (;;) {
    const shorter = withoutOldestTurn(kept);
    // Pictures are not worked on for a prompt that is too long already.
    if (shorter !== null && maker.count(kept) > most) {
      kept = shorter;
      continue;
    }
    const { inputs, promptTokens } = await maker.make(kept);
    if (shorter !== null && promptTokens > most) {
      kept = shorter;
      continue;
    }
    const droppedMessages = messages.length - kept.length;
    const room = answerRoom(promptTokens, maxTokens, contextSize);
    return { messages: kept, inputs, promptTokens, droppedMessages, maxTokens: room };
  }
}
