import type { AnswerWishes, TokenLogprob } from './answer-wishes.js';
import type { ToolCall, ToolCallPiece } from './chat-tools.js';

export interface ChatMessage {
  /** `tool`: what a tool that the assistant called has answered. */
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Of the assistant: the calls that it made in this turn. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool: which call it answers. */
  readonly toolCallId?: string;
  /** Of a tool: the function's name. */
  readonly name?: string;
}

/** `messages` go through the model's own chat template; `raw` text is tokenised as it stands. */
export type Prompt =
  | { readonly kind: 'messages'; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'raw'; readonly text: string };

/** Messages that may show pictures. */
export interface PicturePrompt {
  readonly kind: 'pictures';
  readonly messages: readonly VisionMessage[];
  /** Picture files as they came, in the order in which the messages show them. */
  readonly images: readonly Uint8Array[];
}

export interface TextGenerationTask extends AnswerWishes {
  readonly kind: 'text-generation';
  readonly model: string;
  readonly prompt: Prompt;
}

/** Sent once the prompt is rendered and counted, before any text. */
export interface TextStarted {
  readonly type: 'started';
  /** 0 where another server counts them: it tells at the end. */
  readonly promptTokens: number;
  /** Prompt tokens whose KV cache was reused from an earlier request of the same API key. */
  readonly cachedTokens: number;
  /** Messages left out of the prompt under the `drop-oldest` policy. */
  readonly droppedMessages: number;
  /** The pictures of the prompt, in their order; absent where the task has none. */
  readonly pictures?: readonly PictureSeen[];
  /** How a schema was narrowed so that a grammar can hold the answer to it, a line each; absent where it was not. */
  readonly narrowed?: readonly string[];
}

/** A picture as a model was shown it. */
export interface PictureSeen {
  /** Pixels of the upright picture as it came. */
  readonly width: number;
  readonly height: number;
  /** What it takes of the context. */
  readonly tokens: number;
}

export interface TextPiece {
  readonly type: 'text';
  readonly text: string;
  /** Tokens generated so far, this piece's included. */
  readonly completionTokens: number;
  /** Of the tokens that this piece is made of, where the task asks for them. */
  readonly logprobs?: readonly TokenLogprob[];
}

/** What the model thinks before it answers, where the task asks for it apart. */
export interface ReasoningPiece {
  readonly type: 'reasoning';
  readonly text: string;
  /** Tokens generated so far, this piece's included. */
  readonly completionTokens: number;
}

/** `tool_calls`: the model waits for what the tools that it called answer. */
export type FinishReason = 'stop' | 'length' | 'tool_calls';

export interface TextFinished {
  readonly type: 'finished';
  readonly finishReason: FinishReason;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt tokens whose KV cache was reused from an earlier request of the same API key. */
  readonly cachedTokens: number;
}

/** A piece of an answer. */
export type AnswerPiece = TextPiece | ReasoningPiece | ToolCallPiece;

export type TextChunk = TextStarted | AnswerPiece | TextFinished;

/** A message that may show pictures. They come in the order of {@link ImageTextTask.images}. */
export interface VisionMessage extends Omit<ChatMessage, 'content'> {
  readonly parts: readonly VisionPart[];
}

export type VisionPart = { readonly type: 'text'; readonly text: string } | { readonly type: 'image' };

/** A conversation about pictures, or about none. Answered as text is. */
export interface ImageTextTask extends AnswerWishes {
  readonly kind: 'image-text-to-text';
  readonly model: string;
  readonly messages: readonly VisionMessage[];
  /** Picture files as they came: JPEG, PNG, WebP, BMP or TIFF. */
  readonly images: readonly Uint8Array[];
}
