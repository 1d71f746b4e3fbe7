import { DdimScheduler } from './ddim.js';
import { DpmSolverScheduler } from './dpm-solver.js';
import { EulerAncestralScheduler } from './euler-ancestral.js';
import { EulerScheduler } from './euler.js';
import { LcmScheduler, lcmTimesteps } from './lcm.js';
import { alphaBars, sigmaOf } from './noise-schedule.js';
import type { SchedulerConfig } from './scheduler-config.js';
import type { Scheduler } from './scheduler.js';
import { karrasPath, sigmaPath, type SigmaPath } from './sigmas.js';
import { multistepTimesteps, spacedTimesteps } from './timesteps.js';

/** Fewest steps for which DPM-Solver's last one may be of second order: as in diffusers. */
const STABLE_STEPS = 15;

/** The scheduler of one picture. */
export function createScheduler(config: SchedulerConfig, steps: number): Scheduler {
  switch (config.kind) {
    case 'euler':
    case 'euler-ancestral':
      return euler(config, steps);
    case 'ddim': {
      const { prediction, clipRange, alphaOneAtEnd } = config;
      const bars = alphaBars(config);
      const timesteps = spacedTimesteps(config.spacing, steps, config);
      const finalAlphaBar = alphaOneAtEnd ? 1 : (bars[0] ?? 1);
      return new DdimScheduler({ timesteps, alphaBars: bars, finalAlphaBar, prediction, clipRange });
    }
    case 'dpm-solver':
      return dpmSolver(config, steps);
    case 'lcm': {
      const { prediction, clipRange, timestepScaling, originalSteps } = config;
      const timesteps = lcmTimesteps(steps, config.trainSteps, originalSteps);
      return new LcmScheduler({ timesteps, alphaBars: alphaBars(config), prediction, clipRange, timestepScaling });
    }
  }
}

function euler(config: SchedulerConfig, steps: number): Scheduler {
  const path = pathOf(config, steps, spacedTimesteps(config.spacing, steps, config), 0);
  const [most = 1] = path.sigmas;
  // `leading` leaves the noisiest training steps out: the clean latent's variance is then a part of what it starts as.
  const initialSigma = config.spacing === 'leading' ? Math.hypot(most, 1) : most;
  const Kind = config.kind === 'euler' ? EulerScheduler : EulerAncestralScheduler;
  return new Kind(path, config.prediction, initialSigma);
}

function dpmSolver(config: SchedulerConfig, steps: number): Scheduler {
  const { prediction, solverOrder, lowerOrderFinal, eulerAtFinal, zeroSigmaAtEnd } = config;
  const last = zeroSigmaAtEnd ? 0 : sigmaOf(alphaBars(config)[0] ?? 1);
  return new DpmSolverScheduler({
    path: pathOf(config, steps, multistepTimesteps(config.spacing, steps, config), last),
    prediction,
    multistep: solverOrder > 1,
    lowerOrderFinal: eulerAtFinal || (lowerOrderFinal && steps < STABLE_STEPS),
  });
}

function pathOf(config: SchedulerConfig, steps: number, timesteps: readonly number[], last: number): SigmaPath {
  const all = alphaBars(config).map(sigmaOf);
  return config.karrasSigmas ? karrasPath(steps, all, last) : sigmaPath(timesteps, all, last);
}
