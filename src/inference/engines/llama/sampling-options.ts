import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { Sampling } from '../../task-basics.js';

/** Tokens that the penalties look back on, as in llama.cpp. */
export const PENALTY_WINDOW = 64;

const DEFAULTS: Sampling = {
  temperature: 0.8,
  topP: 0.95,
  topK: 40,
  minP: 0,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
};

/** What the caller wants, and this engine's defaults where it says nothing. */
export function completeSampling(wanted: Partial<Sampling>): Sampling {
  return { ...DEFAULTS, ...wanted };
}

/**
 * The sampler's options for one request. The sampler lives as long as the request, so one seed gives one sequence of
 * random numbers. `recentTokens` is asked before each token.
 */
export function samplingOptions(
  wanted: Partial<Sampling>,
  recentTokens: (count: number) => Token[],
): SequenceEvaluateOptions {
  const sampling = completeSampling(wanted);
  const penalised = sampling.repeatPenalty !== 1 || sampling.presencePenalty !== 0 || sampling.frequencyPenalty !== 0;
  return {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    minP: sampling.minP,
    seed: sampling.seed ?? Math.floor(Math.random() * 0xffff_ffff),
    ...(penalised && {
      repeatPenalty: {
        punishTokens: () => recentTokens(PENALTY_WINDOW),
        maxPunishTokens: PENALTY_WINDOW,
        penalty: sampling.repeatPenalty,
        presencePenalty: sampling.presencePenalty,
        frequencyPenalty: sampling.frequencyPenalty,
      },
    }),
    yieldEogToken: true,
  };
}
