import type { ToolUse } from './chat-tools.js';
import type { JsonObject } from './json-value.js';
import type { Sampling } from './task-basics.js';

/** What to do with a chat whose prompt leaves no room in the context. */
export type OverflowPolicy = 'refuse' | 'drop-oldest';

/** The form that an answer must have. */
export type OutputFormat = {
  /** The field of the request that asks for it, for refusals. */
  readonly param: string;
} & (
  | { readonly kind: 'json-object' }
  /** The schema is the client's own, as it came. */
  | { readonly kind: 'json-schema'; readonly name: string; readonly schema: JsonObject }
);

/** Adds to the logit of one token, −100..100. */
export interface LogitBias {
  readonly token: number;
  readonly bias: number;
}

/** What a caller wants of an answer in text, beside the prompt. */
export interface AnswerWishes {
  /** What the caller set; the rest comes from the model's defaults. */
  readonly sampling: Partial<Sampling>;
  /** Absent: until the model ends or the context is full. */
  readonly maxTokens?: number;
  /** Texts that end the answer; never part of it. */
  readonly stop: readonly string[];
  readonly overflow: OverflowPolicy;
  /** Absent: any text. */
  readonly output?: OutputFormat;
  readonly tools?: ToolUse;
  /** How many alternatives to tell of each token, 0..20, beside the log probability of the token; absent: none of it. */
  readonly logprobs?: number;
  readonly logitBias?: readonly LogitBias[];
  /** `separate`: what the model thinks before its answer comes as pieces of its own. Absent: as it was generated. */
  readonly reasoning?: 'separate';
}

/** A token that was generated or could have been. */
export interface TokenChance {
  readonly text: string;
  /** UTF-8 of the token; null where it is but a part of a character. */
  readonly bytes: readonly number[] | null;
  /** Natural logarithm of its probability. */
  readonly logprob: number;
}

/** A generated token, and the likeliest at its place, the likeliest first. */
export interface TokenLogprob extends TokenChance {
  readonly top: readonly TokenChance[];
}
