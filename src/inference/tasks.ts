/**
 * What the service can be asked to do. A new modality is a new entry here, not a new method on InferenceService.
 * These types cross the process boundary to the runner, so they hold plain data only.
 */

import type { DrawingChunk, ImageToImageTask, TextToImageTask } from './drawing-tasks.js';
import type { SpeechChunk, TextToSpeechTask } from './speech-tasks.js';
import type { Sampling, WorkFinished } from './task-basics.js';

export type TaskKind =
  | 'text-generation'
  | 'image-text-to-text'
  | 'image-to-text'
  | 'text-to-image'
  | 'image-to-image'
  | 'text-to-speech'
  | 'feature-extraction';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
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

/** What to do with a chat whose prompt leaves no room in the context. */
export type OverflowPolicy = 'refuse' | 'drop-oldest';

export interface TextGenerationTask {
  readonly kind: 'text-generation';
  readonly model: string;
  readonly prompt: Prompt;
  /** What the caller set; the rest comes from the model's defaults. */
  readonly sampling: Partial<Sampling>;
  /** Absent: until the model ends or the context is full. */
  readonly maxTokens?: number;
  /** Texts that end the answer; never part of it. */
  readonly stop: readonly string[];
  readonly overflow: OverflowPolicy;
}

/** Sent once the prompt is rendered and counted, before any text. */
export interface TextStarted {
  readonly type: 'started';
  readonly promptTokens: number;
  /** Prompt tokens whose KV cache was reused from an earlier request of the same API key. */
  readonly cachedTokens: number;
  /** Messages left out of the prompt under the `drop-oldest` policy. */
  readonly droppedMessages: number;
  /** The pictures of the prompt, in their order; absent where the task has none. */
  readonly pictures?: readonly PictureSeen[];
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
}

export type FinishReason = 'stop' | 'length';

export interface TextFinished {
  readonly type: 'finished';
  readonly finishReason: FinishReason;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt tokens whose KV cache was reused from an earlier request of the same API key. */
  readonly cachedTokens: number;
}

export type TextChunk = TextStarted | TextPiece | TextFinished;

/** A message that may show pictures. They come in the order of {@link ImageTextTask.images}. */
export interface VisionMessage {
  readonly role: ChatMessage['role'];
  readonly parts: readonly VisionPart[];
}

export type VisionPart = { readonly type: 'text'; readonly text: string } | { readonly type: 'image' };

/** A conversation about pictures, or about none. Answered as text is. */
export interface ImageTextTask {
  readonly kind: 'image-text-to-text';
  readonly model: string;
  readonly messages: readonly VisionMessage[];
  /** Picture files as they came: JPEG, PNG, WebP, BMP or TIFF. */
  readonly images: readonly Uint8Array[];
  readonly sampling: Partial<Sampling>;
  /** Absent: until the model ends or the context is full. */
  readonly maxTokens?: number;
  readonly stop: readonly string[];
  readonly overflow: OverflowPolicy;
}

/** Reading the text off a picture file, each of its pages. */
export interface ImageToTextTask {
  readonly kind: 'image-to-text';
  readonly model: string;
  /** A picture file as it came: JPEG, PNG, WebP, BMP or TIFF, of several pages too. */
  readonly image: Uint8Array;
  readonly sampling: Partial<Sampling>;
}

/** A corner in pixels of the upright page, from its top left. */
export type Corner = readonly [x: number, y: number];

export interface TextLine {
  readonly text: string;
  /** Mean probability of its characters, 0..1. */
  readonly confidence: number;
  /** Top left, top right, bottom right, bottom left, as the line is read. */
  readonly box: readonly [Corner, Corner, Corner, Corner];
}

/** One page that was read. */
export interface PageRead {
  readonly type: 'page';
  /** From 0. */
  readonly index: number;
  readonly pages: number;
  /** Pixels of the upright page. */
  readonly width: number;
  readonly height: number;
  /** In reading order. */
  readonly lines: readonly TextLine[];
}

/** Texts as vectors of unit length whose dot product says how near they are. */
export interface FeatureExtractionTask {
  readonly kind: 'feature-extraction';
  readonly model: string;
  readonly texts: readonly string[];
  readonly sampling: Partial<Sampling>;
}

export interface Embedding {
  readonly type: 'embedding';
  /** Which of the texts, from 0. */
  readonly index: number;
  readonly vector: Float32Array;
  readonly promptTokens: number;
}

/** Task kind → what is asked, and what comes back piece by piece. */
export interface TaskMap {
  'text-generation': { task: TextGenerationTask; chunk: TextChunk };
  'image-text-to-text': { task: ImageTextTask; chunk: TextChunk };
  'image-to-text': { task: ImageToTextTask; chunk: PageRead | WorkFinished };
  'text-to-image': { task: TextToImageTask; chunk: DrawingChunk };
  'image-to-image': { task: ImageToImageTask; chunk: DrawingChunk };
  'text-to-speech': { task: TextToSpeechTask; chunk: SpeechChunk };
  'feature-extraction': { task: FeatureExtractionTask; chunk: Embedding | WorkFinished };
}

export type Task<K extends TaskKind = TaskKind> = TaskMap[K]['task'];
export type Chunk<K extends TaskKind = TaskKind> = TaskMap[K]['chunk'];
