import type { TokenLogprob } from '../../inference/answer-wishes.js';
import type { ToolCall, ToolCallPiece } from '../../inference/chat-tools.js';
import type {
  AnswerPiece,
  FinishReason,
  PictureSeen,
  TextChunk,
  TextFinished,
  TextPiece,
} from '../../inference/text-tasks.js';

/** Pieces of an answer, then how it finished. */
export type AnswerChunks = AsyncIterable<AnswerPiece | TextFinished>;

/** The same of an answer that was asked for without tools and without its reasoning apart: text alone. */
export type PlainChunks = AsyncIterable<TextPiece | TextFinished>;

/** An answer whose prompt has been accepted: it streams from here on. */
export interface TextAnswer<Chunks = AnswerChunks> {
  /** Messages left out of the prompt so that it fits the context. */
  readonly droppedMessages: number;
  /** The pictures of the prompt, in their order. */
  readonly pictures: readonly PictureSeen[];
  /** How the wanted schema was narrowed, a line each. */
  readonly narrowed: readonly string[];
  readonly chunks: Chunks;
}

export interface WholeAnswer {
  readonly text: string;
  /** What the model thought before it answered; empty where it did not, or was not asked to tell. */
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** Of the text's tokens; empty unless they were asked for. */
  readonly logprobs: readonly TokenLogprob[];
  readonly finishReason: FinishReason;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the completion tokens, those up to the end of the reasoning. */
  readonly reasoningTokens: number;
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
    narrowed: first.value.narrowed ?? [],
    chunks: chunks as AsyncGenerator<AnswerPiece | TextFinished, void>,
  };
}

export async function whole(chunks: AnswerChunks): Promise<WholeAnswer> {
  let text = '';
  let reasoning = '';
  let reasoningTokens = 0;
  const toolCalls: ToolCall[] = [];
  const logprobs: TokenLogprob[] = [];
  for await (const chunk of chunks) {
    if (chunk.type === 'text') {
      text += chunk.text;
      if (chunk.logprobs !== undefined) logprobs.push(...chunk.logprobs);
    } else if (chunk.type === 'reasoning') {
      reasoning += chunk.text;
      reasoningTokens = chunk.completionTokens;
    } else if (chunk.type === 'tool-call') addTo(toolCalls, chunk);
    else {
      const { finishReason, promptTokens, completionTokens, cachedTokens } = chunk;
      const counts = { promptTokens, completionTokens, reasoningTokens, cachedTokens };
      return { text, reasoning, toolCalls, logprobs, finishReason, ...counts };
    }
  }
  throw new Error('a text run ended without its finish');
}

/** Adds a piece to the call that it is part of. */
export function addTo(calls: ToolCall[], piece: ToolCallPiece): void {
  const call = calls[piece.index] ?? { id: piece.id ?? '', name: piece.name ?? '', arguments: '' };
  calls[piece.index] = { ...call, arguments: call.arguments + piece.arguments };
}
