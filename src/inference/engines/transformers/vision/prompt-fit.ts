import {
  answerReserve,
  answerRoom,
  contextExceeded,
  firstFitting,
  ShortenedConversations,
} from '../../text/conversation-fit.js';
import { TokenLimitError } from '../../text/preparation/sliced-tokenizer.js';
import type { OverflowPolicy } from '../../../answer-wishes.js';
import type { BoundMessage } from './conversation.js';

export interface FitOptions {
  readonly overflow: OverflowPolicy;
  readonly maxTokens: number | undefined;
  readonly contextSize: number;
}

/** How a conversation becomes what the model reads. */
export interface PromptMaker<Image, Inputs> {
  /**
   * Tokens without those that pictures unfold to: quick, and never too many. Throws {@link TokenLimitError} for a long
   * prompt of more than `limit` tokens.
   */
  count(messages: readonly BoundMessage<Image>[], limit: number): number | Promise<number>;
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
  const shortened = new ShortenedConversations(messages);
  const last = overflow === 'refuse' ? 0 : shortened.last;
  const most = contextSize - answerReserve(maxTokens, contextSize);
  // Pictures are not worked on for a prompt that is too long already.
  const { version: from } = await firstFitting(0, last, async (candidate) => {
    const limit = candidate === last ? contextSize - 1 : most;
    const count = await countWithin(maker, shortened.version(candidate), limit);
    if (candidate === last && count.tokens > limit) throw contextExceeded(count.words, contextSize);
    return count.tokens <= limit ? true : null;
  });
  const { version, fitted: made } = await firstFitting(from, last, async (candidate) => {
    const prompt = await maker.make(shortened.version(candidate));
    return candidate === last || prompt.promptTokens <= most ? prompt : null;
  });
  const room = answerRoom(made.promptTokens, maxTokens, contextSize);
  const droppedMessages = shortened.droppedIn(version);
  return { messages: shortened.version(version), ...made, droppedMessages, maxTokens: room };
}

async function countWithin<Image, Inputs>(
  maker: PromptMaker<Image, Inputs>,
  messages: readonly BoundMessage<Image>[],
  limit: number,
): Promise<{ readonly tokens: number; readonly words: string }> {
  try {
    const tokens = await maker.count(messages, limit);
    return { tokens, words: String(tokens) };
  } catch (error) {
    if (!(error instanceof TokenLimitError)) throw error;
    return { tokens: error.atLeast, words: `at least ${String(error.atLeast)}` };
  }
}
