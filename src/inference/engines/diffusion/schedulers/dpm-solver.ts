import { alphaBarOf } from './noise-schedule.js';
import { cleanLatent, type Prediction } from './prediction.js';
import { at, weighted, type Denoised, type Scheduler } from './scheduler.js';
import type { SigmaPath } from './sigmas.js';

export interface DpmSolverSettings {
  readonly path: SigmaPath;
  readonly prediction: Prediction;
  /** Whether earlier steps are used: 2M; else it is of first order, which is DDIM. */
  readonly multistep: boolean;
  /** Whether the last step is of first order, which few steps need to be stable. */
  readonly lowerOrderFinal: boolean;
}

/**
 * DPM-Solver++(2M): Lu et al. 2022, "DPM-Solver++", algorithm 2. An exponential integrator in λ = log(α/σ̂), where the
 * latent is α·clean + σ̂·noise; the step before gives the clean latent's slope. σ here is σ̂/α, so that λ = -log σ.
 */
export class DpmSolverScheduler implements Scheduler {
  readonly name = 'DPM-Solver++ 2M';
  readonly timesteps: readonly number[];
  readonly initialSigma = 1;
  private readonly sigmas: readonly number[];
  private previous: Float32Array | null = null;

  constructor(private readonly settings: DpmSolverSettings) {
    this.timesteps = settings.path.timesteps;
    this.sigmas = settings.path.sigmas;
  }

  modelInput(latent: Float32Array): Float32Array {
    return latent;
  }

  noised(clean: Float32Array, noise: Float32Array, step: number): Float32Array {
    const alphaBar = alphaBarOf(at(this.sigmas, step));
    return weighted(Math.sqrt(alphaBar), clean, Math.sqrt(1 - alphaBar), noise);
  }

  step(latent: Float32Array, output: Float32Array, step: number): Denoised {
    const [from, to] = [at(this.sigmas, step), at(this.sigmas, step + 1)];
    const clean = cleanLatent(this.settings.prediction, latent, output, alphaBarOf(from));
    const data = this.extrapolated(clean, step);
    this.previous = clean;
    const [alphaFrom, alphaTo] = [Math.sqrt(alphaBarOf(from)), Math.sqrt(alphaBarOf(to))];
    // x' = (σ̂'/σ̂)·x - α'(e^-h - 1)·data, with e^-h = σ'/σ.
    return { clean, latent: weighted((to * alphaTo) / (from * alphaFrom), latent, alphaTo * (1 - to / from), data) };
  }

  /** The clean latent half a step ahead, as far as the last two tell: D = (1 + 1/2r)·now - 1/2r·before, r = h_before/h. */
  private extrapolated(clean: Float32Array, step: number): Float32Array {
    const { previous, settings } = this;
    const [before = 0, from, to] = [this.sigmas[step - 1], at(this.sigmas, step), at(this.sigmas, step + 1)];
    const isLast = step === this.timesteps.length - 1;
    // A last step to σ = 0 is infinitely long in λ.
    if (previous === null || !settings.multistep || to === 0 || (isLast && settings.lowerOrderFinal)) return clean;
    const r = Math.log(before / from) / Math.log(from / to);
    return weighted(1 + 1 / (2 * r), clean, -1 / (2 * r), previous);
  }
}
