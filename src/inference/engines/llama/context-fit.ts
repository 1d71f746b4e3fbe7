import type { Prompt, TextGenerationTask } from '../../text-tasks.js';
import { answerReserve, answerRoom, withoutOldestTurn } from '../text/conversation-fit.js';

import type { RenderedPrompt } from './chat-template.js';

export interface FittedPrompt {
  readonly rendered: RenderedPrompt;
  readonly droppedMessages: number;
  /** Tokens that may be generated before the context is full, within what the task allows. */
  readonly maxTokens: number;
}

/**
 * Renders a task's prompt so that it fits the context. Under `drop-oldest` the oldest turns are left out, never the
 * system prompt nor the last message. Throws `context_length_exceeded` with both counts; nothing is cut silently.
 */
export function fitPrompt(
  task: TextGenerationTask,
  contextSize: number,
  render: (prompt: Prompt) => RenderedPrompt,
): FittedPrompt {
  let prompt = task.prompt;
  let rendered = render(prompt);
  let droppedMessages = 0;
  if (task.overflow === 'drop-oldest') {
    const reserve = answerReserve(task.maxTokens, contextSize);
    while (prompt.kind === 'messages' && rendered.tokens.length > contextSize - reserve) {
      const shorter = withoutOldestTurn(prompt.messages);
      if (shorter === null) break;
      droppedMessages += prompt.messages.length - shorter.length;
      prompt = { kind: 'messages', messages: shorter };
      rendered = render(prompt);
    }
  }
  return { rendered, droppedMessages, maxTokens: answerRoom(rendered.tokens.length, task.maxTokens, contextSize) };
}
