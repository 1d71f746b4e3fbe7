import type { Token } from 'node-llama-cpp';
import { ParleyError } from '../../errors.js';
import type { ChatMessage, Prompt, TextGenerationTask } from '../../tasks.js';

export interface FittedPrompt {
  readonly tokens: Token[];
  readonly droppedMessages: number;
  /** Tokens that may be generated before the context is full, within what the task allows. */
  readonly maxTokens: number;
}

/** At least this share of the context stays free for the answer when old turns are dropped. */
const ANSWER_SHARE = 0.25;

function tooLong(promptTokens: number, contextSize: number): ParleyError {
  return new ParleyError(
    'context_length_exceeded',
    `The prompt has ${String(promptTokens)} tokens; the model's context holds ${String(contextSize)}, answer included.`,
    { param: 'messages' },
  );
}

/** Leaves out the oldest exchange: everything from the first message that is not a system prompt up to the next question. */
function withoutOldestTurn(messages: readonly ChatMessage[]): readonly ChatMessage[] | null {
  const first = messages.findIndex((message) => message.role !== 'system');
  const next = messages.findIndex((message, index) => index > first && message.role === 'user');
  if (first === -1 || next === -1) return null;
  return [...messages.slice(0, first), ...messages.slice(next)];
}

/**
 * Renders a task's prompt so that it fits the context. Under `drop-oldest` the oldest turns are left out, never the
 * system prompt nor the last message. Throws `context_length_exceeded` with both counts; nothing is cut silently.
 */
export function fitPrompt(
  task: TextGenerationTask,
  contextSize: number,
  tokenize: (prompt: Prompt) => Token[],
): FittedPrompt {
  let prompt = task.prompt;
  let tokens = tokenize(prompt);
  let droppedMessages = 0;
  if (task.overflow === 'drop-oldest') {
    const reserve = Math.min(task.maxTokens ?? contextSize, Math.floor(contextSize * ANSWER_SHARE));
    while (prompt.kind === 'messages' && tokens.length > contextSize - reserve) {
      const shorter = withoutOldestTurn(prompt.messages);
      if (shorter === null) break;
      droppedMessages += prompt.messages.length - shorter.length;
      prompt = { kind: 'messages', messages: shorter };
      tokens = tokenize(prompt);
    }
  }
  if (tokens.length >= contextSize) throw tooLong(tokens.length, contextSize);
  const room = contextSize - tokens.length;
  return { tokens, droppedMessages, maxTokens: Math.min(task.maxTokens ?? room, room) };
}
