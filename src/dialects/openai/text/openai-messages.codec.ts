import { ParleyError } from '../../../inference/errors.js';
import type { ToolCall } from '../../../inference/chat-tools.js';
import type { ChatMessage, PicturePrompt, Prompt, VisionPart } from '../../../inference/text-tasks.js';
import type { OpenAiChatRequest, OpenAiContentPart, OpenAiMessage } from './openai-chat.schema.js';

/** Links to the pictures of a chat, in their order. Throws `invalid_request` for a part that has none. */
export function pictureLinksOf({ messages }: OpenAiChatRequest): string[] {
  return messages.flatMap((message) =>
    partsOf(message)
      .filter(({ type }) => type === 'image_url')
      .map(({ image_url: link }) => linkOf(link)),
  );
}

/** A chat as a prompt. `images`: the files behind {@link pictureLinksOf}. */
export function promptOf(messages: readonly OpenAiMessage[], images: readonly Uint8Array[]): Prompt | PicturePrompt {
  const names = namesOfCalls(messages);
  if (images.length === 0) {
    return {
      kind: 'messages',
      messages: messages.map((message) => ({ ...headOfMessage(message, names), content: textOf(message) })),
    };
  }
  return {
    kind: 'pictures',
    messages: messages.map((message) => ({
      ...headOfMessage(message, names),
      parts: partsOf(message).map(toVisionPart),
    })),
    images,
  };
}

/** All of a message but what it says. */
function headOfMessage(message: OpenAiMessage, names: ReadonlyMap<string, string>): Omit<ChatMessage, 'content'> {
  // OpenAI renamed the system role; chat templates know the old name.
  const role = message.role === 'developer' ? 'system' : message.role;
  const calls = callsOf(message);
  const id = role === 'tool' ? message.tool_call_id : undefined;
  const name = id === undefined ? undefined : names.get(id);
  return {
    role,
    ...(calls.length > 0 && { toolCalls: calls }),
    ...(id !== undefined && { toolCallId: id }),
    ...(name !== undefined && { name }),
  };
}

function callsOf({ tool_calls: calls }: OpenAiMessage): ToolCall[] {
  return (calls ?? []).map(({ id, function: called }) => ({ id, name: called.name, arguments: called.arguments }));
}

/** Call id → function, which chat templates want beside an answer of a tool. */
function namesOfCalls(messages: readonly OpenAiMessage[]): ReadonlyMap<string, string> {
  return new Map(messages.flatMap((message) => callsOf(message).map(({ id, name }) => [id, name] as const)));
}

function partsOf({ content }: OpenAiMessage): readonly OpenAiContentPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}

function textOf(message: OpenAiMessage): string {
  return partsOf(message)
    .map(({ text }) => text ?? '')
    .join('\n');
}

function toVisionPart(part: OpenAiContentPart): VisionPart {
  return part.type === 'image_url' ? { type: 'image' } : { type: 'text', text: part.text ?? '' };
}

function linkOf(link: OpenAiContentPart['image_url']): string {
  const url = typeof link === 'string' ? link : link?.url;
  if (typeof url === 'string') return url;
  throw new ParleyError('invalid_request', 'image_url must have a url: http(s), or a data URI.', { param: 'messages' });
}
