import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { TokenLogprob } from '../../answer-wishes.js';
import type { TokenScoring } from './token-scoring.js';

export interface NextToken {
  readonly token: Token;
  readonly logprob?: TokenLogprob;
}

/** What the native sampler gives: its choice, and where it was asked for, every token it had to choose from. */
interface SampledToken {
  readonly token: Token;
  readonly probabilities?: ReadonlyMap<Token, number>;
}

/**
 * The tokens of one sequence, one for each turn. One native sampler lives as long as the stream, so that a seed gives
 * one sequence of random numbers.
 */
export class TokenStream {
  private readonly generated: AsyncGenerator<SampledToken, void, Token | undefined>;
  private chosen: Token | undefined;

  /** @param tokens What is left of the prompt; evaluated by the first {@link next}. */
  constructor(
    sequence: LlamaContextSequence,
    tokens: Token[],
    options: SequenceEvaluateOptions,
    private readonly scoring: TokenScoring | null,
  ) {
    this.generated = sequence.evaluateWithMetadata(tokens, { probabilities: scoring !== null }, options);
  }

  /** Evaluates the last token and chooses the next one. */
  async next(): Promise<NextToken> {
    const { value, done } = await this.generated.next(this.chosen);
    if (done === true) throw new Error('the token generator ended early');
    if (this.scoring === null || value.probabilities === undefined) return value;
    const scored = this.scoring.score(value.token, value.probabilities);
    this.chosen = scored.token;
    return scored;
  }

  /** Frees the native sampler; the sequence keeps its KV cache. */
  async close(): Promise<void> {
    await this.generated.return();
  }
}
