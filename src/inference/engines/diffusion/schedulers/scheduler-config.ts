import { InitError } from '../../engine.js';
import type { ConfigFile } from '../config-file.js';
import { BETA_SCHEDULES, type NoiseSettings } from './noise-schedule.js';
import { PREDICTIONS, type Prediction } from './prediction.js';
import { SPACINGS, type Spacing } from './timesteps.js';

export type SchedulerKind = 'euler' | 'euler-ancestral' | 'ddim' | 'dpm-solver' | 'lcm';

/** What `scheduler_config.json` says, with diffusers' defaults for what it leaves out. */
export interface SchedulerConfig extends NoiseSettings {
  readonly kind: SchedulerKind;
  readonly spacing: Spacing;
  readonly stepsOffset: number;
  readonly prediction: Prediction;
  readonly karrasSigmas: boolean;
  /** DDIM: whether the last step ends at ᾱ = 1, else at that of the first training step. */
  readonly alphaOneAtEnd: boolean;
  readonly clipRange: number | null;
  /** DPM-Solver. */
  readonly solverOrder: number;
  readonly lowerOrderFinal: boolean;
  readonly eulerAtFinal: boolean;
  /** DPM-Solver: whether the last step ends at σ = 0, else at that of the first training step. */
  readonly zeroSigmaAtEnd: boolean;
  /** LCM: steps that it was distilled on. */
  readonly originalSteps: number;
  readonly timestepScaling: number;
}

/**
 * diffusers' class → the scheduler that does its work. PNDM, which Stable Diffusion 1.5 is published with, is a
 * multistep solver of the same ODE; DPM-Solver++ 2M takes its place, as its authors' and diffusers' documents advise,
 * since it needs half of the steps and no Runge-Kutta start. The same holds for the other ODE solvers. DDPM and those
 * that add noise at each step are stood for by Euler ancestral.
 */
const KINDS: Readonly<Record<string, SchedulerKind>> = {
  DDIMScheduler: 'ddim',
  DDPMScheduler: 'euler-ancestral',
  DEISMultistepScheduler: 'dpm-solver',
  DPMSolverMultistepScheduler: 'dpm-solver',
  DPMSolverSDEScheduler: 'euler-ancestral',
  DPMSolverSinglestepScheduler: 'dpm-solver',
  EulerAncestralDiscreteScheduler: 'euler-ancestral',
  EulerDiscreteScheduler: 'euler',
  HeunDiscreteScheduler: 'dpm-solver',
  KDPM2AncestralDiscreteScheduler: 'euler-ancestral',
  KDPM2DiscreteScheduler: 'dpm-solver',
  LCMScheduler: 'lcm',
  LMSDiscreteScheduler: 'dpm-solver',
  PNDMScheduler: 'dpm-solver',
  UniPCMultistepScheduler: 'dpm-solver',
};
const DEFAULT_SPACING: Readonly<Record<SchedulerKind, Spacing>> = {
  euler: 'linspace',
  'euler-ancestral': 'linspace',
  ddim: 'leading',
  'dpm-solver': 'linspace',
  lcm: 'leading',
};

/** Throws {@link InitError} for what cannot be honoured. */
export function schedulerConfig(config: ConfigFile): SchedulerConfig {
  const className = config.text('_class_name') ?? '';
  const kind = KINDS[className];
  if (kind === undefined) {
    throw refused(config, `names the scheduler "${className}", which is not known: try EulerDiscreteScheduler`);
  }
  if (config.flag('thresholding') === true) throw refused(config, 'asks for thresholding, which is not for latents');
  const clips = config.flag('clip_sample') === true; // diffusers clips by default, but then no latent model leaves it out
  return {
    ...noiseSettings(config, kind),
    kind,
    spacing: choice(config, 'timestep_spacing', SPACINGS, DEFAULT_SPACING[kind]),
    stepsOffset: config.number('steps_offset') ?? 0,
    prediction: choice(config, 'prediction_type', PREDICTIONS, 'epsilon'),
    karrasSigmas: config.flag('use_karras_sigmas') ?? false,
    alphaOneAtEnd: config.flag('set_alpha_to_one') ?? true,
    clipRange: clips ? (config.number('clip_sample_range') ?? 1) : null,
    solverOrder: config.number('solver_order') ?? 2,
    lowerOrderFinal: config.flag('lower_order_final') ?? true,
    eulerAtFinal: config.flag('euler_at_final') ?? false,
    zeroSigmaAtEnd: config.text('final_sigmas_type') !== 'sigma_min',
    originalSteps: config.number('original_inference_steps') ?? 50,
    timestepScaling: config.number('timestep_scaling') ?? 10,
  };
}

function noiseSettings(config: ConfigFile, kind: SchedulerKind): NoiseSettings {
  const trainedBetas = config.numbers('trained_betas');
  const trainSteps = trainedBetas?.length ?? config.number('num_train_timesteps') ?? 1000;
  if (!Number.isInteger(trainSteps) || trainSteps < 2) throw refused(config, 'has no sensible num_train_timesteps');
  const latent = kind === 'lcm';
  const settings = {
    trainSteps,
    trainedBetas,
    betaStart: config.number('beta_start') ?? (latent ? 0.00085 : 0.0001),
    betaEnd: config.number('beta_end') ?? (latent ? 0.012 : 0.02),
    betaSchedule: choice(config, 'beta_schedule', BETA_SCHEDULES, latent ? 'scaled_linear' : 'linear'),
    rescaleZeroSnr: config.flag('rescale_betas_zero_snr') ?? false,
  };
  if (!(settings.betaStart > 0 && settings.betaEnd < 1 && settings.betaStart <= settings.betaEnd)) {
    throw refused(config, 'has betas that are not between 0 and 1');
  }
  return settings;
}

function choice<T extends string>(config: ConfigFile, name: string, known: readonly T[], otherwise: T): T {
  const value = config.raw(name);
  if (value === undefined || value === null) return otherwise;
  const found = known.find((one) => one === value);
  if (found === undefined) throw refused(config, `has a ${name} that is none of ${known.join(', ')}`);
  return found;
}

function refused({ file }: ConfigFile, why: string): InitError {
  return new InitError('invalid-file', `${file} ${why}`);
}
