export class OpenAiTokenChance {
  /**
   * The token's text
   * @example "Hel"
   */
  token!: string;

  /**
   * Natural logarithm of its probability
   * @example -0.12
   */
  logprob!: number;

  /**
   * UTF-8 of the token; null where it is but a part of a character
   * @example [72, 101, 108]
   */
  bytes!: number[] | null;
}

export class OpenAiTokenLogprob extends OpenAiTokenChance {
  /** The likeliest tokens at its place, `top_logprobs` of them */
  top_logprobs!: OpenAiTokenChance[];
}

export class OpenAiChatLogprobs {
  /** The answer's tokens */
  content!: OpenAiTokenLogprob[];

  /** Always null: nothing is refused in words of its own */
  refusal!: string | null;
}

/** As text completions spell it. */
export class OpenAiCompletionLogprobs {
  /**
   * The texts of the tokens
   * @example ["Hel", "lo"]
   */
  tokens!: string[];

  /**
   * Their log probabilities
   * @example [-0.12, -0.01]
   */
  token_logprobs!: number[];

  /** The likeliest tokens at each place, text to log probability */
  top_logprobs!: Record<string, number>[] | null;

  /**
   * Where each token begins in the choice's text
   * @example [0, 3]
   */
  text_offset!: number[];
}
