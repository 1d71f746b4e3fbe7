import type { JsonObject } from '../../inference/json-value.js';
import type { GenerateRequest } from '../generate/generate.service.js';
import type { Item, ItemReference, NewItem } from './response-items.js';

/** What is asked for. */
export interface ResponseRequest {
  /** Absent: the default text model, or the default vision model where the conversation has pictures. */
  readonly model?: string;
  /** A system message of this response alone: those that follow it do not inherit it. */
  readonly instructions: string | null;
  /** The response that this one goes on from: its conversation comes before the input. */
  readonly previousId: string | null;
  readonly input: readonly (NewItem | ItemReference)[];
  /** False: the response is told and forgotten. */
  readonly keep: boolean;
  readonly wishes: Omit<GenerateRequest, 'model' | 'prompt' | 'reasoning'>;
  /** The request's settings in the words of its dialect, which are told with the response. */
  readonly settings: JsonObject;
}

export interface ResponseUsage {
  readonly promptTokens: number;
  /** Prompt tokens whose KV cache was reused. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Of these, those up to the end of what the model thought. */
  readonly reasoningTokens: number;
}

/** What a model answered, and how it was asked. */
export interface ModelResponse {
  readonly id: string;
  /** Seconds since 1970, as is `completedAt`. */
  readonly createdAt: number;
  /** Null unless it is completed. */
  readonly completedAt: number | null;
  /** `incomplete`: the limit of tokens ended it. */
  readonly state: 'in-progress' | 'completed' | 'incomplete';
  /** As the request named it. */
  readonly model: string;
  readonly instructions: string | null;
  readonly previousId: string | null;
  readonly kept: boolean;
  readonly output: readonly Item[];
  /** Null while it is in progress. */
  readonly usage: ResponseUsage | null;
  readonly settings: JsonObject;
}

/** A response and what came before it. Whole, so that it stands when the responses before it are deleted. */
export interface Thread {
  readonly response: ModelResponse;
  /** What the model was given, the conversation before the request's own input included, oldest first. */
  readonly input: readonly Item[];
}
