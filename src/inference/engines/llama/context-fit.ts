import type { Prompt, TextGenerationTask } from '../../text-tasks.js';
import {
  answerReserve,
  answerRoom,
  contextExceeded,
  firstFitting,
  ShortenedConversations,
} from '../text/conversation-fit.js';
import { TokenLimitError } from '../text/preparation/sliced-tokenizer.js';
import type { PromptTokens, RenderedPrompt } from './prompt-tokens.js';

export interface FittedPrompt {
  readonly rendered: RenderedPrompt;
  readonly droppedMessages: number;
  /** Tokens that may be generated before the context is full, within what the task allows. */
  readonly maxTokens: number;
}

/**
 * Renders a task's prompt so that it fits the context. Under `drop-oldest` the oldest turns are left out, never the
 * system prompt nor the last message. Throws `context_length_exceeded` with both counts; nothing is cut silently. A
 * prompt that cannot fit by its length alone is not rendered.
 */
export async function fitPrompt(
  task: TextGenerationTask,
  contextSize: number,
  prompts: PromptTokens,
): Promise<FittedPrompt> {
  const { prompt, maxTokens, overflow } = task;
  const rest = prompts.ofRest();
  const render = (of: Prompt, limit: number): Promise<RenderedPrompt> => renderWithin(of, limit, contextSize, prompts);
  if (prompt.kind === 'raw' || overflow === 'refuse') {
    const messages = prompt.kind === 'raw' ? [] : prompt.messages;
    const least = messages.reduce((sum, message) => sum + prompts.ofMessage(message), rest);
    if (least >= contextSize) throw contextExceeded(`at least ${String(least)}`, contextSize);
    const rendered = await render(prompt, contextSize);
    return { rendered, droppedMessages: 0, maxTokens: answerRoom(rendered.tokens.length, maxTokens, contextSize) };
  }
  const most = contextSize - answerReserve(maxTokens, contextSize);
  const shortened = new ShortenedConversations(prompt.messages);
  const from = shortened.firstWithin(most - rest, (message) => prompts.ofMessage(message));
  const { version, fitted: rendered } = await firstFitting(from, shortened.last, async (candidate) => {
    const messages = shortened.version(candidate);
    if (candidate === shortened.last) return render({ kind: 'messages', messages }, contextSize);
    return renderIfFits({ kind: 'messages', messages }, most, prompts);
  });
  const room = answerRoom(rendered.tokens.length, maxTokens, contextSize);
  return { rendered, droppedMessages: shortened.droppedIn(version), maxTokens: room };
}

async function renderWithin(
  prompt: Prompt,
  limit: number,
  contextSize: number,
  prompts: PromptTokens,
): Promise<RenderedPrompt> {
  try {
    return await prompts.render(prompt, limit);
  } catch (error) {
    if (error instanceof TokenLimitError) throw contextExceeded(`at least ${String(error.atLeast)}`, contextSize);
    throw error;
  }
}

/** Null for a prompt of more than `most` tokens. */
async function renderIfFits(prompt: Prompt, most: number, prompts: PromptTokens): Promise<RenderedPrompt | null> {
  try {
    const rendered = await prompts.render(prompt, most);
    return rendered.tokens.length <= most ? rendered : null;
  } catch (error) {
    if (error instanceof TokenLimitError) return null;
    throw error;
  }
}
