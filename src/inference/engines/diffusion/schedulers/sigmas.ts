import { roundHalfEven } from './timesteps.js';

/** Timesteps, and σ before each of them and after the last. */
export interface SigmaPath {
  readonly timesteps: readonly number[];
  /** One more than there are timesteps. */
  readonly sigmas: readonly number[];
}

/** Shape of the path of Karras et al. 2022, equation 5. */
const RHO = 7;

/** The path over some timesteps; `last` is σ after the last step. `all` are the σ of all training steps, rising. */
export function sigmaPath(timesteps: readonly number[], all: Float64Array, last: number): SigmaPath {
  return { timesteps, sigmas: [...timesteps.map((timestep) => all[timestep] ?? 0), last] };
}

/** The path of Karras et al. 2022 between the same ends: more steps where there is little noise. */
export function karrasPath(steps: number, all: Float64Array, last: number): SigmaPath {
  const [least, most] = [(all[0] ?? 0) ** (1 / RHO), (all.at(-1) ?? 0) ** (1 / RHO)];
  const sigmas = Array.from({ length: steps }, (_, i) => (most + (i / Math.max(1, steps - 1)) * (least - most)) ** RHO);
  return { timesteps: sigmas.map((sigma) => roundHalfEven(timestepOf(sigma, all))), sigmas: [...sigmas, last] };
}

/** Where between the training steps a σ lies, in log σ. */
function timestepOf(sigma: number, all: Float64Array): number {
  const above = all.findIndex((one) => one >= sigma);
  if (above < 0) return all.length - 1;
  if (above === 0) return 0;
  const [low, high] = [Math.log(all[above - 1] ?? 0), Math.log(all[above] ?? 0)];
  return above - 1 + (Math.log(sigma) - low) / (high - low);
}
