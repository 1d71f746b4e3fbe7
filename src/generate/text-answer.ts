import type { FinishReason, PictureSeen, TextChunk, TextFinished, TextPiece } from '../inference/tasks.js';

/** Pieces of an answer, then how it finished. */
export type AnswerChunks = AsyncIterable<TextPiece | TextFinished>;

/** An answer whose prompt has been accepted: it streams from here on. */
export interface TextAnswer {
  /** Messages left out of the prompt so that it fits the context. */
  readonly droppedMessages: number;
  /** The pictures of the prompt, in their order. */
  readonly pictures: readonly PictureSeen[];
  readonly chunks: AnswerChunks;
}

export interface WholeAnswer {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/** Waits until the prompt is accepted, so that what can be refused is refused before the first byte is sent. */
export async function begin(chunks: AsyncGenerator<TextChunk, void>): Promise<TextAnswer> {
  const first = await chunks.next();
  if (first.done === true || first.value.type !== 'started') throw new Error('a text run began without its start');
  // The start comes once and first: what is left has none. Not filtered, since every layer costs at each token.
  return {
    droppedMessages: first.value.droppedMessages,
    pictures: first.value.pictures ?? [],
    chunks: chunks as AsyncGenerator<TextPiece | TextFinished, void>,
  };
}

export async function whole(chunks: AnswerChunks): Promise<WholeAnswer> {
  let text = '';
  for await (const chunk of chunks) {
    if (chunk.type === 'text') text += chunk.text;
    else {
      const { finishReason, promptTokens, completionTokens, cachedTokens } = chunk;
      return { text, finishReason, promptTokens, completionTokens, cachedTokens };
    }
  }
  throw new Error('a text run ended without its finish');
}
