import { EulerScheduler, towards } from './euler.js';
import type { Prediction } from './prediction.js';
import { at, weighted, type Denoised, type NoiseSource, type Scheduler } from './scheduler.js';
import type { SigmaPath } from './sigmas.js';

/**
 * Euler's method with noise added at each step: it goes further down, to σ_down, and comes back up by noise of σ_up, such
 * that σ_down² + σ_up² = σ'²; σ_down is σ'²/σ (ancestral sampling as in Katherine Crowson's k-diffusion, `sample_euler_ancestral`).
 */
export class EulerAncestralScheduler implements Scheduler {
  readonly name = 'Euler ancestral';
  readonly timesteps: readonly number[];
  private readonly euler: EulerScheduler;
  private readonly sigmas: readonly number[];

  constructor(
    path: SigmaPath,
    prediction: Prediction,
    readonly initialSigma: number,
  ) {
    this.euler = new EulerScheduler(path, prediction, initialSigma);
    this.timesteps = path.timesteps;
    this.sigmas = path.sigmas;
  }

  modelInput(latent: Float32Array, step: number): Float32Array {
    return this.euler.modelInput(latent, step);
  }

  noised(clean: Float32Array, noise: Float32Array, step: number): Float32Array {
    return this.euler.noised(clean, noise, step);
  }

  step(latent: Float32Array, output: Float32Array, step: number, noise: NoiseSource): Denoised {
    const clean = this.euler.clean(latent, output, step);
    const [from, to] = [at(this.sigmas, step), at(this.sigmas, step + 1)];
    const up = to * Math.sqrt(1 - (to / from) ** 2);
    const down = towards(latent, clean, from, to ** 2 / from);
    return { clean, latent: up === 0 ? down : weighted(1, down, up, noise(latent.length)) };
  }
}
