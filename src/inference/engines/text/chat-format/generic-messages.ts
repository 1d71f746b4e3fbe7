import type { ToolCall } from '../../../chat-tools.js';
import type { ChatMessage } from '../../../text-tasks.js';
import type { ChatFormat } from './chat-format.js';
import { callInWords, responseInWords, toolsInWords } from './generic-wording.js';
import { maskedArguments, type Mask } from './masked-json.js';
import type { TemplateMessage, TemplateTool } from './template-input.js';

/**
 * Messages for a template that knows no tools: they are told in the system message, calls are text of the assistant,
 * and what tools answer comes from the user.
 */
export function genericMessages(
  messages: readonly ChatMessage[],
  tools: readonly TemplateTool[],
  format: ChatFormat,
  mask: Mask,
): TemplateMessage[] {
  const plain = joinResponses(messages, format.alternates, mask);
  if (tools.length === 0) return plain;
  const words = toolsInWords(tools);
  const [first, ...rest] = plain;
  if (first?.role === 'system') return [withBefore(first, '', `\n\n${words}`), ...rest];
  if (format.systemRole) return [{ role: 'system', content: words }, ...plain];
  const user = plain.findIndex(({ role }) => role === 'user');
  return plain.map((message, index) => (index === user ? withBefore(message, `${words}\n\n`, '') : message));
}

function withBefore(message: TemplateMessage, before: string, after: string): TemplateMessage {
  return { ...message, content: before + message.content + after };
}

/** What several tools answer in a row is one message, and so is what the user says then, where roles must alternate. */
function joinResponses(messages: readonly ChatMessage[], alternates: boolean, mask: Mask): TemplateMessage[] {
  const out: TemplateMessage[] = [];
  let afterResponse = false;
  for (const message of messages) {
    const plain = plainMessage(message, mask);
    const before = out.at(-1);
    const joins = afterResponse && (message.role === 'tool' || (alternates && message.role === 'user'));
    if (joins && before !== undefined) out[out.length - 1] = withBefore(plain, `${before.content}\n`, '');
    else out.push(plain);
    afterResponse = message.role === 'tool';
  }
  return out;
}

function plainMessage({ role, content, toolCalls = [] }: ChatMessage, mask: Mask): TemplateMessage {
  const text = mask(content);
  if (role === 'tool') return { role: 'user', content: responseInWords(text) };
  const calls = toolCalls.map((call) => callInWords(callJson(call, mask)));
  return { role, content: [...(text === '' && calls.length > 0 ? [] : [text]), ...calls].join('\n') };
}

function callJson(call: ToolCall, mask: Mask): string {
  const args = maskedArguments(call.arguments, mask);
  const json = typeof args === 'string' ? args : JSON.stringify(args);
  return `{"name": ${JSON.stringify(mask(call.name))}, "arguments": ${json}}`;
}
