import { cleanLatent, clipped, type Prediction } from './prediction.js';
import { at, weighted, type Denoised, type NoiseSource, type Scheduler } from './scheduler.js';

export interface LcmSettings {
  readonly timesteps: readonly number[];
  readonly alphaBars: Float64Array;
  readonly prediction: Prediction;
  readonly clipRange: number | null;
  /** What a timestep is multiplied with in the boundary condition. */
  readonly timestepScaling: number;
}

/** Standard deviation of the data that the boundary condition assumes: Song et al. 2023, appendix C. */
const SIGMA_DATA = 0.5;

/**
 * Latent consistency models: Luo et al. 2023, algorithm 3. Each step guesses the clean latent, and all but the last put
 * new noise on it.
 */
export class LcmScheduler implements Scheduler {
  readonly name = 'LCM';
  readonly timesteps: readonly number[];
  readonly initialSigma = 1;

  constructor(private readonly settings: LcmSettings) {
    this.timesteps = settings.timesteps;
  }

  modelInput(latent: Float32Array): Float32Array {
    return latent;
  }

  noised(clean: Float32Array, noise: Float32Array, step: number): Float32Array {
    const alphaBar = this.alphaBar(step);
    return weighted(Math.sqrt(alphaBar), clean, Math.sqrt(1 - alphaBar), noise);
  }

  step(latent: Float32Array, output: Float32Array, step: number, noise: NoiseSource): Denoised {
    const { prediction, clipRange, timesteps, timestepScaling } = this.settings;
    const guess = clipped(cleanLatent(prediction, latent, output, this.alphaBar(step)), clipRange);
    const time = at(timesteps, step) * timestepScaling;
    const [skip, out] = [SIGMA_DATA ** 2 / (time ** 2 + SIGMA_DATA ** 2), time / Math.hypot(time, SIGMA_DATA)];
    const clean = weighted(skip, latent, out, guess);
    if (step === timesteps.length - 1) return { clean, latent: clean };
    return { clean, latent: this.noised(clean, noise(latent.length), step + 1) };
  }

  private alphaBar(step: number): number {
    return at(this.settings.alphaBars, at(this.timesteps, step));
  }
}

/** Evenly taken from the steps that the model was distilled on: every `trainSteps / originalSteps`th training step. */
export function lcmTimesteps(steps: number, trainSteps: number, originalSteps: number): number[] {
  // More steps than it was distilled on are as many of a finer grid.
  const count = Math.max(steps, originalSteps);
  const stride = Math.floor(trainSteps / count);
  return Array.from({ length: steps }, (_, i) => (count - Math.floor((i * count) / steps)) * stride - 1);
}
