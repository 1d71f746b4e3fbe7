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

/** The last chunk of what is no text. */
export interface WorkFinished {
  readonly type: 'finished';
  readonly finishReason: 'stop';
  readonly promptTokens: number;
  readonly completionTokens: 0;
}
