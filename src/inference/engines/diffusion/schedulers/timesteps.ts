/** Which training steps are taken: Lin et al. 2023, table 2. */
export const SPACINGS = ['leading', 'trailing', 'linspace'] as const;
export type Spacing = (typeof SPACINGS)[number];

export interface SpacingSettings {
  readonly trainSteps: number;
  /** Added to `leading` ones. */
  readonly stepsOffset: number;
}

/** Training steps for a number of denoising steps, the noisiest first. */
export function spacedTimesteps(
  spacing: Spacing,
  steps: number,
  { trainSteps, stepsOffset }: SpacingSettings,
): number[] {
  switch (spacing) {
    case 'leading':
      return leading(steps, Math.floor(trainSteps / steps), 0, { trainSteps, stepsOffset });
    case 'trailing':
      return trailing(steps, trainSteps);
    case 'linspace':
      return linspace(trainSteps - 1, 0, steps).map(roundHalfEven);
  }
}

/** The same for multistep solvers, whose last step goes from a timestep above 0 to the end: as DPM-Solver spaces them. */
export function multistepTimesteps(
  spacing: Spacing,
  steps: number,
  { trainSteps, stepsOffset }: SpacingSettings,
): number[] {
  switch (spacing) {
    case 'leading':
      return leading(steps, Math.floor(trainSteps / (steps + 1)), 1, { trainSteps, stepsOffset });
    case 'trailing':
      return trailing(steps, trainSteps);
    case 'linspace':
      return linspace(trainSteps - 1, 0, steps + 1)
        .slice(0, -1)
        .map(roundHalfEven);
  }
}

/** `count` numbers from `first` to `last`, both included; of one alone, the first. */
export function linspace(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + ((last - first) * i) / Math.max(1, count - 1));
}

function leading(steps: number, ratio: number, from: number, settings: SpacingSettings): number[] {
  return Array.from({ length: steps }, (_, i) => {
    const timestep = (steps - 1 - i + from) * ratio + settings.stepsOffset;
    return Math.min(timestep, settings.trainSteps - 1);
  });
}

function trailing(steps: number, trainSteps: number): number[] {
  return Array.from({ length: steps }, (_, i) => roundHalfEven(trainSteps - (i * trainSteps) / steps) - 1);
}

/** As numpy rounds, so that timesteps are those of diffusers. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
