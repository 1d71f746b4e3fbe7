/**
 * What the service can be asked to do. A new modality is a new entry here, not a new method on InferenceService.
 * These types cross the process boundary to the runner, so they hold plain data only.
 */

import type { DrawingChunk, ImageToImageTask, TextToImageTask } from './drawing-tasks.js';
import type { SpeechChunk, TextToSpeechTask } from './speech-tasks.js';
import type { Sampling, WorkFinished } from './task-basics.js';
import type { ImageTextTask, TextChunk, TextGenerationTask } from './text-tasks.js';
import type {
  DetokenizeTask,
  Embedding,
  FeatureExtractionTask,
  RankedText,
  TextOfTokens,
  TextRankingTask,
  TokenizeTask,
  TokensFound,
} from './vector-tasks.js';

export type TaskKind =
  | 'text-generation'
  | 'image-text-to-text'
  | 'image-to-text'
  | 'text-to-image'
  | 'image-to-image'
  | 'text-to-speech'
  | 'feature-extraction'
  | 'text-ranking'
  | 'tokenize'
  | 'detokenize';

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

/** Task kind → what is asked, and what comes back piece by piece. */
export interface TaskMap {
  'text-generation': { task: TextGenerationTask; chunk: TextChunk };
  'image-text-to-text': { task: ImageTextTask; chunk: TextChunk };
  'image-to-text': { task: ImageToTextTask; chunk: PageRead | WorkFinished };
  'text-to-image': { task: TextToImageTask; chunk: DrawingChunk };
  'image-to-image': { task: ImageToImageTask; chunk: DrawingChunk };
  'text-to-speech': { task: TextToSpeechTask; chunk: SpeechChunk };
  'feature-extraction': { task: FeatureExtractionTask; chunk: Embedding | WorkFinished };
  'text-ranking': { task: TextRankingTask; chunk: RankedText | WorkFinished };
  tokenize: { task: TokenizeTask; chunk: TokensFound | WorkFinished };
  detokenize: { task: DetokenizeTask; chunk: TextOfTokens | WorkFinished };
}

export type Task<K extends TaskKind = TaskKind> = TaskMap[K]['task'];
export type Chunk<K extends TaskKind = TaskKind> = TaskMap[K]['chunk'];
