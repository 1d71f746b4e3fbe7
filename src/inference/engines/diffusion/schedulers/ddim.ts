import { cleanLatent, clipped, type Prediction } from './prediction.js';
import { at, weighted, type Denoised, type Scheduler } from './scheduler.js';

export interface DdimSettings {
  readonly timesteps: readonly number[];
  readonly alphaBars: Float64Array;
  /** ᾱ after the last step. */
  readonly finalAlphaBar: number;
  readonly prediction: Prediction;
  /** Most that a value of the clean latent may be; null: anything. */
  readonly clipRange: number | null;
}

/** Song et al. 2021, equation 12, with η = 0: nothing is random but the start. */
export class DdimScheduler implements Scheduler {
  readonly name = 'DDIM';
  readonly timesteps: readonly number[];
  readonly initialSigma = 1;

  constructor(private readonly settings: DdimSettings) {
    this.timesteps = settings.timesteps;
  }

  modelInput(latent: Float32Array): Float32Array {
    return latent;
  }

  noised(clean: Float32Array, noise: Float32Array, step: number): Float32Array {
    const alphaBar = this.alphaBar(step);
    return weighted(Math.sqrt(alphaBar), clean, Math.sqrt(1 - alphaBar), noise);
  }

  step(latent: Float32Array, output: Float32Array, step: number): Denoised {
    const { prediction, clipRange } = this.settings;
    const [now, next] = [this.alphaBar(step), this.alphaBar(step + 1)];
    const clean = clipped(cleanLatent(prediction, latent, output, now), clipRange);
    // The noise that is in the latent, (x - √ᾱ·clean)/√(1-ᾱ), at the strength of the next step.
    const share = Math.sqrt((1 - next) / (1 - now));
    return { clean, latent: weighted(share, latent, Math.sqrt(next) - share * Math.sqrt(now), clean) };
  }

  private alphaBar(step: number): number {
    const { timesteps, alphaBars, finalAlphaBar } = this.settings;
    return step < timesteps.length ? at(alphaBars, at(timesteps, step)) : finalAlphaBar;
  }
}
