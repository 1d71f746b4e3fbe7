import type { Sampling } from '../../../task-basics.js';
import { penalise } from './penalties.js';

/** Shares of the best weight above which the nucleus is looked for first: sorting a whole vocabulary takes long. */
const NUCLEUS_FLOORS = [1e-3, 1e-6, 0] as const;

/**
 * Chooses each token of an answer: penalties, temperature, top-k, top-p, min-p, in the order of Python's transformers,
 * then one draw. transformers.js ignores top-p and min-p and draws from `Math.random`, so that no seed could hold.
 */
export class TokenChooser {
  constructor(
    private readonly sampling: Sampling,
    /** At least 0 and below 1. */
    private readonly random: () => number,
  ) {}

  /** @param logits Of the whole vocabulary; changed by the penalties. @param recent The last tokens, newest last. */
  choose(logits: Float32Array, recent: readonly number[]): number {
    penalise(logits, recent, this.sampling);
    const best = argmax(logits);
    if (this.sampling.temperature === 0) return best;
    const weights = weightsOf(logits, logits[best] ?? 0, this.sampling.temperature);
    return draw(weights, candidates(weights, this.sampling), this.random()) ?? best;
  }
}

function argmax(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) {
    if ((logits[token] ?? 0) > (logits[best] ?? 0)) best = token;
  }
  return best;
}

/** Probabilities as multiples of the best one. */
function weightsOf(logits: Float32Array, highest: number, temperature: number): Float64Array {
  const weights = new Float64Array(logits.length);
  for (let token = 0; token < logits.length; token++) {
    weights[token] = Math.exp(((logits[token] ?? 0) - highest) / temperature);
  }
  return weights;
}

/** Tokens that may be chosen; null: all. */
function candidates(
  weights: Float64Array,
  { topK, topP, minP }: Pick<Sampling, 'topK' | 'topP' | 'minP'>,
): readonly number[] | null {
  let tokens = topK > 0 && topK < weights.length ? heaviest(weights, topK) : null;
  if (topP < 1)
    tokens = tokens === null ? nucleusOfAll(weights, topP) : nucleus(weights, tokens, topP * sum(weights, tokens));
  if (minP > 0) tokens = (tokens ?? above(weights, minP)).filter((token) => (weights[token] ?? 0) >= minP);
  return tokens;
}

/** The `count` heaviest tokens, heaviest first; of equals the first. */
function heaviest(weights: Float64Array, count: number): number[] {
  const kept: number[] = [];
  let lightest = -1;
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] ?? 0;
    if (kept.length === count && weight <= lightest) continue;
    let at = kept.length;
    while (at > 0 && (weights[kept[at - 1] ?? 0] ?? 0) < weight) at--;
    kept.splice(at, 0, token);
    if (kept.length > count) kept.pop();
    lightest = weights[kept.at(-1) ?? 0] ?? 0;
  }
  return kept;
}

function nucleusOfAll(weights: Float64Array, topP: number): number[] {
  const mass = topP * sum(weights, null);
  for (const floor of NUCLEUS_FLOORS) {
    const tokens = above(weights, floor);
    if (floor > 0 && sum(weights, tokens) < mass) continue;
    tokens.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
    return nucleus(weights, tokens, mass);
  }
  return [];
}

/** The fewest of these tokens, which come heaviest first, that have this mass together; at least one. */
function nucleus(weights: Float64Array, tokens: readonly number[], mass: number): number[] {
  let taken = 0;
  let count = 0;
  while (count < tokens.length && (count === 0 || taken < mass)) taken += weights[tokens[count++] ?? 0] ?? 0;
  return tokens.slice(0, count);
}

function above(weights: Float64Array, floor: number): number[] {
  const tokens: number[] = [];
  weights.forEach((weight, token) => {
    if (weight >= floor) tokens.push(token);
  });
  return tokens;
}

function sum(weights: Float64Array, tokens: readonly number[] | null): number {
  if (tokens === null) return weights.reduce((total, weight) => total + weight, 0);
  return tokens.reduce((total, token) => total + (weights[token] ?? 0), 0);
}

/** The token at this share, 0..1, of the candidates' mass. */
function draw(weights: Float64Array, tokens: readonly number[] | null, share: number): number | null {
  let left = share * sum(weights, tokens);
  let last: number | null = null;
  const count = tokens?.length ?? weights.length;
  for (let index = 0; index < count; index++) {
    const token = tokens === null ? index : (tokens[index] ?? 0);
    const weight = weights[token] ?? 0;
    if (weight === 0) continue;
    last = token;
    left -= weight;
    if (left < 0) return token;
  }
  return last; // rounding
}
