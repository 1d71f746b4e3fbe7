import type { Sampling } from './task-basics.js';
import type { Prompt } from './text-tasks.js';

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

/** How well each text answers a query, judged by a cross-encoder, which reads both together. */
export interface TextRankingTask {
  readonly kind: 'text-ranking';
  readonly model: string;
  readonly query: string;
  readonly texts: readonly string[];
  readonly sampling: Partial<Sampling>;
}

export interface RankedText {
  readonly type: 'ranked';
  /** Which of the texts, from 0. */
  readonly index: number;
  /** 0..1, higher is better. */
  readonly score: number;
  /** Tokens of query and text together. */
  readonly promptTokens: number;
}

/** What a model makes of a text, without answering it. */
export interface TokenizeTask {
  readonly kind: 'tokenize';
  readonly model: string;
  /** `messages` go through the model's own chat template. */
  readonly prompt: Prompt;
  /** Of raw text: whether BOS and the like are put around it, and special tokens in it count as such. */
  readonly specialTokens: boolean;
  readonly sampling: Partial<Sampling>;
}

/** Some of a text's tokens, in their order; those of a long text come in several chunks. */
export interface TokensFound {
  readonly type: 'tokens';
  readonly tokens: readonly number[];
  /** The text of each token alone. */
  readonly pieces: readonly string[];
}

export interface DetokenizeTask {
  readonly kind: 'detokenize';
  readonly model: string;
  /** Throws `invalid_request` for one that the vocabulary does not have. */
  readonly tokens: readonly number[];
  readonly sampling: Partial<Sampling>;
}

export interface TextOfTokens {
  readonly type: 'detokenized';
  readonly text: string;
}
