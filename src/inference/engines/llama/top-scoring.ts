import type { Token } from 'node-llama-cpp';
import type { LogitBias } from '../../answer-wishes.js';
import type { Sampling } from '../../task-basics.js';
import type { TokenChooser } from '../transformers/sampling/token-chooser.js';
import { PENALTY_WINDOW } from './sampling-options.js';
import { logprobOf, type DescribeToken, type ScoredToken } from './token-scoring.js';

/** Most tokens that may be reported or chosen; beyond it all probabilities are read. */
const MAX_TOP = 512;

export interface TopScoringOptions {
  /** Alternatives reported for each token. */
  readonly alternatives: number;
  readonly chooser: TokenChooser;
  readonly sampling: Sampling;
  readonly bias: readonly LogitBias[];
  /** The tokens that penalties look back on, newest last. */
  readonly recent: () => readonly Token[];
  readonly describe: DescribeToken;
}

/**
 * Chooses tokens, and tells how probable they are, from the logits of the likeliest alone. Gives what the whole vocabulary
 * would: penalties and biases move no more tokens than are asked for in addition.
 */
export class TopScoring {
  private constructor(
    private readonly options: TopScoringOptions,
    /** Number of the likeliest tokens that have to be known. */
    readonly count: number,
  ) {}

  /** Null where a token may be chosen out of the whole vocabulary. */
  static of(options: TopScoringOptions): TopScoring | null {
    const { sampling, bias, alternatives } = options;
    if (sampling.temperature !== 0 && sampling.topK <= 0) return null;
    const candidates = sampling.temperature === 0 ? 1 : sampling.topK;
    const moved = bias.length + (isPenalised(sampling) ? PENALTY_WINDOW : 0);
    const count = Math.max(alternatives, candidates + moved);
    return count > MAX_TOP ? null : new TopScoring(options, count);
  }

  /** Tokens that may be chosen though they are not among the likeliest. */
  extraTokens(): Token[] {
    const { bias, recent, sampling } = this.options;
    const tokens = new Set(isPenalised(sampling) ? recent() : []);
    for (const { token } of bias) tokens.add(token as Token); // known to be the model's
    return [...tokens];
  }

  /** @param logits The likeliest first. @param weight The sum over all tokens of `exp(logit − highest logit)`. */
  score(logits: ReadonlyMap<Token, number>, weight: number): ScoredToken {
    const { alternatives, describe } = this.options;
    const highest = Math.max(...logits.values());
    const logprob = (logit: number): number => logit - highest - Math.log(weight);
    const likeliest = [...logits].sort((a, b) => b[1] - a[1]);
    const token = this.choose(likeliest.map(([candidate, logit]) => [candidate, logprob(logit)]));
    const top = likeliest
      .slice(0, alternatives)
      .map(([candidate, logit]) => ({ ...describe(candidate), logprob: logprobOf(logprob(logit)) }));
    const own = logits.get(token) ?? -Infinity;
    return { token, logprob: { ...describe(token), logprob: logprobOf(logprob(own)), top } };
  }

  private choose(candidates: readonly (readonly [token: Token, logprob: number])[]): Token {
    const { chooser, bias, recent } = this.options;
    // In the order of the vocabulary, as among equals the first is chosen.
    const inOrder = [...candidates].sort((a, b) => a[0] - b[0]);
    const places = new Map(inOrder.map(([token], place) => [token, place]));
    const logits = Float32Array.from(inOrder, ([, logprob]) => logprob);
    for (const { token, bias: added } of bias) {
      const place = places.get(token as Token);
      if (place !== undefined) logits[place] = (logits[place] ?? -Infinity) + added;
    }
    const penalised = recent().flatMap((token) => places.get(token) ?? []);
    const chosen = inOrder[chooser.choose(logits, penalised)];
    if (chosen === undefined) throw new Error('no token was chosen');
    return chosen[0];
  }
}

function isPenalised({ repeatPenalty, presencePenalty, frequencyPenalty }: Sampling): boolean {
  return repeatPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
}
