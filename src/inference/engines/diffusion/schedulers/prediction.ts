import { weighted } from './scheduler.js';

/** What a UNet was trained to say about a noisy latent. */
export const PREDICTIONS = ['epsilon', 'v_prediction', 'sample'] as const;
export type Prediction = (typeof PREDICTIONS)[number];

/**
 * The clean latent that a UNet's output stands for. The noisy one is √ᾱ·clean + √(1-ᾱ)·noise; epsilon is that noise,
 * v is √ᾱ·noise - √(1-ᾱ)·clean (Salimans and Ho 2022, appendix D), sample is the clean latent itself.
 */
export function cleanLatent(
  prediction: Prediction,
  noisy: Float32Array,
  output: Float32Array,
  alphaBar: number,
): Float32Array {
  const [kept, added] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  switch (prediction) {
    case 'epsilon':
      return weighted(1 / kept, noisy, -added / kept, output);
    case 'v_prediction':
      return weighted(kept, noisy, -added, output);
    case 'sample':
      return output;
  }
}

/** Values beyond ±`range` are set to it; null: all are kept. */
export function clipped(values: Float32Array, range: number | null): Float32Array {
  return range === null ? values : values.map((value) => Math.min(range, Math.max(-range, value)));
}
