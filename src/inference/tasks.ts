/**
 * What the service can be asked to do. A new modality is a new entry here, not a new method on InferenceService.
 * These types cross the process boundary to the runner, so they hold plain data only.
 */

export type TaskKind = 'text-generation';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** `messages` go through the model's own chat template; `raw` text is tokenised as it stands. */
export type Prompt =
  | { readonly kind: 'messages'; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'raw'; readonly text: string };

/** How the next token is chosen from the logits. */
export interface Sampling {
  /** 0 is greedy decoding. */
  readonly temperature: number;
  /** Nucleus mass kept, 0..1; 1 keeps all. */
  readonly topP: number;
  /** Most probable tokens kept; 0 keeps all. */
  readonly topK: number;
  /** Tokens below `minP` times the best probability are dropped; 0 keeps all. */
  readonly minP: number;
  /** Divides the logits of recent tokens; 1 is off. */
  readonly repeatPenalty: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** Equal seeds, prompts and options give equal text. Absent: a fresh one for each request. */
  readonly seed?: number;
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

/** Task kind → what is asked, and what comes back piece by piece. */
export interface TaskMap {
  'text-generation': { task: TextGenerationTask; chunk: TextChunk };
}

export type Task<K extends TaskKind = TaskKind> = TaskMap[K]['task'];
export type Chunk<K extends TaskKind = TaskKind> = TaskMap[K]['chunk'];
