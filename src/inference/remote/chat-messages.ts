import type { ToolCall } from '../chat-tools.js';
import { ParleyError } from '../errors.js';
import type { JsonObject } from '../json-value.js';
import { FORMATS_READ, formatOf } from '../pictures/picture-format.js';
import type { ChatMessage, ImageTextTask, VisionMessage, VisionPart } from '../text-tasks.js';

/** A message of a chat, in OpenAI's form. */
export function wireMessage(message: ChatMessage): JsonObject {
  return withCalls(message, message.content);
}

/** Messages that may show pictures, which go along as data URIs. Throws `invalid_request` for what is no picture. */
export function wirePictureMessages({ messages, images }: Pick<ImageTextTask, 'messages' | 'images'>): JsonObject[] {
  let shown = 0;
  const partOf = (part: VisionPart): JsonObject => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    return { type: 'image_url', image_url: { url: dataUri(images[shown++]) } };
  };
  return messages.map((message) => {
    const text = bareText(message);
    return withCalls(message, text ?? message.parts.map(partOf));
  });
}

/** The text of a message without pictures, which every server takes; null: it has some. */
function bareText({ parts }: VisionMessage): string | null {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('\n') : null;
}

function withCalls(
  { role, toolCalls = [], toolCallId }: Omit<ChatMessage, 'content'>,
  content: string | JsonObject[],
): JsonObject {
  return {
    role,
    content: content === '' && toolCalls.length > 0 ? null : content,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wireCall) }),
    ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
  };
}

function wireCall({ id, name, arguments: text }: ToolCall): JsonObject {
  return { id, type: 'function', function: { name, arguments: text } };
}

function dataUri(bytes: Uint8Array | undefined): string {
  const format = bytes === undefined ? null : formatOf(bytes);
  if (bytes === undefined || format === null) {
    throw new ParleyError('invalid_request', `The picture cannot be read: it is neither ${FORMATS_READ}.`);
  }
  return `data:image/${format};base64,${Buffer.from(bytes).toString('base64')}`;
}
