/** How the variance of the noise grows over the training steps, as diffusers names it. */
export const BETA_SCHEDULES = ['linear', 'scaled_linear', 'squaredcos_cap_v2'] as const;
export type BetaSchedule = (typeof BETA_SCHEDULES)[number];

export interface NoiseSettings {
  readonly trainSteps: number;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly betaSchedule: BetaSchedule;
  /** Given one by one; null: by {@link betaSchedule}. */
  readonly trainedBetas: readonly number[] | null;
  readonly rescaleZeroSnr: boolean;
}

/** Smallest ᾱ: the last is 0 after rescaling to zero SNR, and its sigma would be infinite. As in diffusers: 2^-24. */
const LEAST_ALPHA_BAR = 2 ** -24;
/** Largest beta of the cosine schedule: Nichol and Dhariwal 2021, section 3.2. */
const MAX_COSINE_BETA = 0.999;

/** ᾱ of each training step: the share of the clean latent's variance, which falls from nearly 1 to nearly 0. */
export function alphaBars(settings: NoiseSettings): Float64Array {
  let product = 1;
  const bars = Float64Array.from(settings.trainedBetas ?? betas(settings), (beta) => (product *= 1 - beta));
  return (settings.rescaleZeroSnr ? rescaled(bars) : bars).map((bar) => Math.max(bar, LEAST_ALPHA_BAR));
}

/** The noise's standard deviation in units of the clean latent: σ² = (1-ᾱ)/ᾱ (Karras et al. 2022). */
export function sigmaOf(alphaBar: number): number {
  return Math.sqrt((1 - alphaBar) / alphaBar);
}

export function alphaBarOf(sigma: number): number {
  return 1 / (1 + sigma ** 2);
}

function betas({ trainSteps, betaStart, betaEnd, betaSchedule }: NoiseSettings): number[] {
  const steps = Array.from({ length: trainSteps }, (_, step) => step);
  const between = (from: number, to: number, step: number): number => from + ((to - from) * step) / (trainSteps - 1);
  switch (betaSchedule) {
    case 'linear':
      return steps.map((step) => between(betaStart, betaEnd, step));
    case 'scaled_linear':
      return steps.map((step) => between(Math.sqrt(betaStart), Math.sqrt(betaEnd), step) ** 2);
    case 'squaredcos_cap_v2': {
      const bar = (time: number): number => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
      return steps.map((step) => Math.min(1 - bar((step + 1) / trainSteps) / bar(step / trainSteps), MAX_COSINE_BETA));
    }
  }
}

/** √ᾱ moved and stretched so that the last is 0 and the first as it was: Lin et al. 2023, algorithm 1. */
function rescaled(bars: Float64Array): Float64Array {
  const roots = bars.map(Math.sqrt);
  const [first = 1, last = 0] = [roots[0], roots.at(-1)];
  return roots.map((root) => (((root - last) * first) / (first - last)) ** 2);
}
