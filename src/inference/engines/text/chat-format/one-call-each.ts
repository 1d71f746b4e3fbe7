import type { ChatMessage } from '../../../text-tasks.js';

/**
 * Makes one message for each call, each followed by what its tool answered, for templates that refuse several calls in
 * one message. The text comes with the first.
 */
export function oneCallEach(messages: readonly ChatMessage[]): ChatMessage[] {
  const out: ChatMessage[] = [];
  let at = 0;
  while (at < messages.length) {
    const message = messages[at++];
    if (message === undefined) break;
    const calls = message.toolCalls ?? [];
    if (calls.length < 2) {
      out.push(message);
      continue;
    }
    const end = endOfAnswers(messages, at);
    const answers = messages.slice(at, end);
    calls.forEach((call, index) => {
      out.push({ ...message, content: index === 0 ? message.content : '', toolCalls: [call] });
      out.push(...answers.filter((answer) => answer.toolCallId === call.id));
    });
    const ids = new Set<string | undefined>(calls.map(({ id }) => id));
    out.push(...answers.filter((answer) => !ids.has(answer.toolCallId)));
    at = end;
  }
  return out;
}

function endOfAnswers(messages: readonly ChatMessage[], from: number): number {
  let end = from;
  while (messages[end]?.role === 'tool') end++;
  return end;
}
