import { ConfigFile } from '../../../src/inference/engines/diffusion/config-file.js';
import { GaussianNoise } from '../../../src/inference/engines/diffusion/gaussian.js';
import { alphaBarOf, alphaBars, sigmaOf } from '../../../src/inference/engines/diffusion/schedulers/noise-schedule.js';
import {
  schedulerConfig,
  type SchedulerConfig,
} from '../../../src/inference/engines/diffusion/schedulers/scheduler-config.js';
import type { Scheduler } from '../../../src/inference/engines/diffusion/schedulers/scheduler.js';

/** Stable Diffusion's noise, which Rombach et al. 2022 were the first to use. */
export const STABLE_DIFFUSION = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' } as const;

export function configOf(fields: Readonly<Record<string, unknown>>): SchedulerConfig {
  return schedulerConfig(new ConfigFile('scheduler/scheduler_config.json', fields));
}

/** What a model says that knows the clean latent, and so the noise in what it is shown. */
export function oracle(clean: Float32Array, prediction: SchedulerConfig['prediction']) {
  return (noisy: Float32Array, alphaBar: number): Float32Array => {
    const [kept, added] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
    return noisy.map((value, i) => {
      const truth = clean[i] ?? 0;
      const noise = (value - kept * truth) / added;
      return { epsilon: noise, v_prediction: kept * noise - added * truth, sample: truth }[prediction];
    });
  };
}

/** Takes all steps from `first` on with a model that knows the truth; from noise alone, or the truth under noise. */
export function walked(scheduler: Scheduler, config: SchedulerConfig, clean: Float32Array, first = 0): Float32Array {
  const random = new GaussianNoise(7);
  const noise = random.take(clean.length);
  const model = oracle(clean, config.prediction);
  const start = noise.map((value) => value * scheduler.initialSigma);
  let latent = first === 0 ? start : scheduler.noised(clean, noise, first);
  for (let step = first; step < scheduler.timesteps.length; step++) {
    const output = model(scheduler.modelInput(latent, step), alphaBarAt(scheduler, config, step));
    latent = scheduler.step(latent, output, step, (length) => random.take(length)).latent;
  }
  return latent;
}

/** What the scheduler itself takes the noise for: by {@link Scheduler.noised}, from which it can be told. */
function alphaBarAt(scheduler: Scheduler, config: SchedulerConfig, step: number): number {
  if (config.karrasSigmas) {
    // With nothing clean in it, what is shown is noise alone, √(1-ᾱ) strong.
    const shown = scheduler.modelInput(scheduler.noised(Float32Array.of(0), Float32Array.of(1), step), step);
    return 1 - (shown[0] ?? 0) ** 2;
  }
  return alphaBarOf(sigmaOf(alphaBars(config)[scheduler.timesteps[step] ?? 0] ?? 0));
}
