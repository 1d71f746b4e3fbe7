import type { Token } from 'node-llama-cpp';
import type { LogitBias, TokenChance, TokenLogprob } from '../../answer-wishes.js';
import type { TokenChooser } from '../transformers/sampling/token-chooser.js';

/** What can be told of a token alone. */
export type DescribeToken = (token: Token) => Omit<TokenChance, 'logprob'>;

export interface ScoringOptions {
  /** Alternatives reported for each token. */
  readonly alternatives: number;
  /** Chooses in place of the native sampler, which then gives the model's own probabilities. Null: its choice stands. */
  readonly chooser: TokenChooser | null;
  readonly vocabularySize: number;
  /** For the chooser. */
  readonly bias: readonly LogitBias[];
  /** The tokens that penalties look back on, newest last. */
  readonly recent: () => readonly Token[];
  readonly describe: DescribeToken;
}

export interface ScoredToken {
  readonly token: Token;
  readonly logprob: TokenLogprob;
}

/**
 * Finds out how probable tokens are. They are the model's own probabilities, before temperature, penalties and biases,
 * so the native sampler is asked for all of them and the token is chosen here. Under a grammar only the native sampler
 * knows what may follow: its choice stands, and probabilities are those among what it left.
 */
export class TokenScoring {
  constructor(private readonly options: ScoringOptions) {}

  /** @param native The native sampler's choice. @param probabilities The likeliest first. */
  score(native: Token, probabilities: ReadonlyMap<Token, number>): ScoredToken {
    const { alternatives, describe } = this.options;
    const token = this.choose(native, probabilities);
    const top: TokenChance[] = [];
    for (const [candidate, probability] of probabilities) {
      if (top.length === alternatives) break;
      top.push({ ...describe(candidate), logprob: logOf(probability) });
    }
    return { token, logprob: { ...describe(token), logprob: logOf(probabilities.get(token) ?? 0), top } };
  }

  private choose(native: Token, probabilities: ReadonlyMap<Token, number>): Token {
    const { chooser, vocabularySize, bias, recent } = this.options;
    if (chooser === null) return native;
    const logits = new Float32Array(vocabularySize).fill(-Infinity);
    for (const [token, probability] of probabilities) logits[token] = Math.log(probability);
    for (const { token, bias: added } of bias) logits[token] = (logits[token] ?? -Infinity) + added;
    return chooser.choose(logits, recent()) as Token; // an index of `logits`
  }
}

/** JSON has no −∞: OpenAI tells −9999 for what cannot happen. */
export function logprobOf(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : -9999;
}

function logOf(probability: number): number {
  return logprobOf(probability > 0 ? Math.log(probability) : -Infinity);
}
