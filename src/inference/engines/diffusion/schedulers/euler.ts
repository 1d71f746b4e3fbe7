import { alphaBarOf } from './noise-schedule.js';
import { cleanLatent, type Prediction } from './prediction.js';
import { at, weighted, type Denoised, type Scheduler } from './scheduler.js';
import type { SigmaPath } from './sigmas.js';

/**
 * Euler's method on the probability flow ODE dx/dσ = (x - clean)/σ, where x = clean + σ·noise: Karras et al. 2022,
 * algorithm 2 without churn. From one step to σ = 0 it gives the model's guess itself: what one-step models want.
 */
export class EulerScheduler implements Scheduler {
  readonly name = 'Euler';
  readonly timesteps: readonly number[];
  private readonly sigmas: readonly number[];

  constructor(
    path: SigmaPath,
    private readonly prediction: Prediction,
    readonly initialSigma: number,
  ) {
    this.timesteps = path.timesteps;
    this.sigmas = path.sigmas;
  }

  modelInput(latent: Float32Array, step: number): Float32Array {
    const scale = Math.sqrt(alphaBarOf(at(this.sigmas, step)));
    return latent.map((value) => value * scale);
  }

  noised(clean: Float32Array, noise: Float32Array, step: number): Float32Array {
    return weighted(1, clean, at(this.sigmas, step), noise);
  }

  step(latent: Float32Array, output: Float32Array, step: number): Denoised {
    const clean = this.clean(latent, output, step);
    return { clean, latent: towards(latent, clean, at(this.sigmas, step), at(this.sigmas, step + 1)) };
  }

  /** The clean latent that the UNet's output stands for. */
  clean(latent: Float32Array, output: Float32Array, step: number): Float32Array {
    const alphaBar = alphaBarOf(at(this.sigmas, step));
    return cleanLatent(this.prediction, this.modelInput(latent, step), output, alphaBar);
  }
}

/** x + (x - clean)/σ·(σ' - σ). */
export function towards(latent: Float32Array, clean: Float32Array, from: number, to: number): Float32Array {
  const kept = to / from;
  return weighted(kept, latent, 1 - kept, clean);
}
