export class OpenAiPromptTokensDetails {
  /**
   * Prompt tokens found in the KV cache
   * @example 8
   */
  cached_tokens!: number;
}

export class OpenAiCompletionTokensDetails {
  /**
   * Generated tokens that the model thought with before it answered
   * @example 0
   */
  reasoning_tokens!: number;
}

export class OpenAiUsage {
  /**
   * Tokens of the prompt, template included
   * @example 12
   */
  prompt_tokens!: number;

  /**
   * Tokens generated, over all choices
   * @example 9
   */
  completion_tokens!: number;

  /**
   * Both together
   * @example 21
   */
  total_tokens!: number;

  /** More about the prompt tokens */
  prompt_tokens_details!: OpenAiPromptTokensDetails;

  /** More about the generated tokens */
  completion_tokens_details!: OpenAiCompletionTokensDetails;
}

/** What every answer has. */
export class OpenAiAnswer {
  /**
   * Seconds since 1970
   * @example 1795230540
   */
  created!: number;

  /**
   * The model as the request named it
   * @example "starter-chat"
   */
  model!: string;

  /**
   * Changes when the model's files or the service do: equal seeds then give other answers
   * @example "fp_5f0c3a9b1d"
   */
  system_fingerprint!: string;

  /** Token counts */
  usage!: OpenAiUsage;

  /**
   * 0: success
   * @example 0
   */
  code!: number;

  /**
   * Always `success`
   * @example "success"
   */
  message!: string;
}
