import { ParleyError } from '../../../errors.js';
import type { ChatMessage, ImageTextTask, TextGenerationTask, VisionMessage } from '../../../text-tasks.js';

/** A message with its pictures in place, so that leaving out the message leaves out its pictures, too. */
export interface BoundMessage<Image> {
  readonly role: VisionMessage['role'];
  readonly parts: readonly BoundPart<Image>[];
}

export type BoundPart<Image> =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'image'; readonly image: Image };

/** The messages of a task; a text task's have one part each. Null for a raw prompt. */
export function messagesOf(task: ImageTextTask | TextGenerationTask): readonly VisionMessage[] | null {
  if (task.kind === 'image-text-to-text') return task.messages;
  if (task.prompt.kind === 'raw') return null;
  return withParts(task.prompt.messages);
}

/** Messages of text as messages that may show pictures. */
export function withParts(messages: readonly ChatMessage[]): readonly VisionMessage[] {
  return messages.map(({ role, content }) => ({ role, parts: [{ type: 'text', text: content }] }));
}

/**
 * Puts pictures in their places. A file of several pages shows all of them in its place.
 * Throws `invalid_request` unless there are as many places as files.
 */
export function bindPictures<Image>(
  messages: readonly VisionMessage[],
  files: readonly (readonly Image[])[],
): BoundMessage<Image>[] {
  const places = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === 'image').length;
  if (places !== files.length) {
    throw new ParleyError(
      'invalid_request',
      `The messages have room for ${String(places)} pictures, and ${String(files.length)} came.`,
      { param: 'images' },
    );
  }
  let next = 0;
  return messages.map(({ role, parts }) => ({
    role,
    parts: parts.flatMap((part): BoundPart<Image>[] =>
      part.type === 'text' ? [part] : (files[next++] ?? []).map((image) => ({ type: 'image', image })),
    ),
  }));
}

export function picturesOf<Image>(messages: readonly BoundMessage<Image>[]): Image[] {
  return messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'image' ? [part.image] : [])));
}
