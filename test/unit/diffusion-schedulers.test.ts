import { describe, expect, it } from 'vitest';
import { GaussianNoise } from '../../src/inference/engines/diffusion/gaussian.js';
import { createScheduler } from '../../src/inference/engines/diffusion/schedulers/create-scheduler.js';
import { DdimScheduler } from '../../src/inference/engines/diffusion/schedulers/ddim.js';
import { DpmSolverScheduler } from '../../src/inference/engines/diffusion/schedulers/dpm-solver.js';
import { EulerAncestralScheduler } from '../../src/inference/engines/diffusion/schedulers/euler-ancestral.js';
import { EulerScheduler } from '../../src/inference/engines/diffusion/schedulers/euler.js';
import { LcmScheduler } from '../../src/inference/engines/diffusion/schedulers/lcm.js';
import { PREDICTIONS } from '../../src/inference/engines/diffusion/schedulers/prediction.js';
import { SPACINGS } from '../../src/inference/engines/diffusion/schedulers/timesteps.js';
import { configOf, STABLE_DIFFUSION, walked } from './support/diffusion-scheduler.js';

const NO_NOISE = (length: number): Float32Array => new Float32Array(length);
const CLASSES = ['EulerDiscrete', 'EulerAncestralDiscrete', 'DDIM', 'DPMSolverMultistep', 'LCM', 'PNDM'];

function farthest(values: Float32Array, from: Float32Array): number {
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - (from[i] ?? NaN))), 0);
}

describe('a model that knows the truth is believed', () => {
  const clean = new GaussianNoise(3).take(64);
  const cases = CLASSES.flatMap((name) =>
    PREDICTIONS.flatMap((prediction) => SPACINGS.map((spacing) => ({ name, prediction, spacing }))),
  );

  it.each(cases)('$name, $prediction, $spacing', ({ name, prediction, spacing }) => {
    for (const karras of [false, true]) {
      const config = configOf({
        ...STABLE_DIFFUSION,
        _class_name: `${name}Scheduler`,
        prediction_type: prediction,
        timestep_spacing: spacing,
        use_karras_sigmas: karras,
        steps_offset: 1,
      });
      for (const steps of [1, 2, 4, 15, 50]) {
        for (const first of [0, Math.floor(steps / 2)]) {
          expect(farthest(walked(createScheduler(config, steps), config, clean, first), clean)).toBeLessThan(1e-3);
        }
      }
    }
  });

  it('with a noise schedule that ends in nothing but noise', () => {
    for (const name of CLASSES) {
      const fields = { prediction_type: 'v_prediction', timestep_spacing: 'trailing', rescale_betas_zero_snr: true };
      const config = configOf({ ...STABLE_DIFFUSION, ...fields, _class_name: `${name}Scheduler` });
      expect(farthest(walked(createScheduler(config, 8), config, clean), clean)).toBeLessThan(5e-3);
    }
  });
});

describe('Euler', () => {
  const path = { timesteps: [900, 500], sigmas: [2, 1, 0] };

  it('goes along dx/dσ = (x - clean)/σ', () => {
    const euler = new EulerScheduler(path, 'sample', 2);
    const { latent, clean } = euler.step(Float32Array.of(6), Float32Array.of(2), 0);
    expect(clean[0]).toBe(2);
    expect(latent[0]).toBe(4); // 6 + (6 - 2)/2 · (1 - 2)
    expect(euler.step(Float32Array.of(4), Float32Array.of(3), 1).latent[0]).toBe(3); // at σ = 0 it is the guess
  });

  it('shows the UNet a latent of unit variance, and takes epsilon as noise of σ', () => {
    const euler = new EulerScheduler(path, 'epsilon', 2);
    expect(euler.modelInput(Float32Array.of(5), 0)[0]).toBeCloseTo(5 / Math.sqrt(5), 6);
    expect(euler.noised(Float32Array.of(1), Float32Array.of(3), 0)[0]).toBe(7);
    expect(euler.step(Float32Array.of(7), Float32Array.of(3), 0).clean[0]).toBeCloseTo(1, 6);
  });

  it('starts from the published σ of Stable Diffusion', () => {
    const config = { ...STABLE_DIFFUSION, _class_name: 'EulerDiscreteScheduler' };
    // sigma_max of k-diffusion's wrapper for Stable Diffusion.
    expect(createScheduler(configOf(config), 20).initialSigma).toBeCloseTo(14.6146, 3);
    const leading = configOf({ ...config, timestep_spacing: 'leading', steps_offset: 1 });
    const scheduler = createScheduler(leading, 20);
    const sigma = scheduler.noised(Float32Array.of(0), Float32Array.of(1), 0)[0] ?? 0;
    expect(scheduler.timesteps[0]).toBe(951);
    expect(scheduler.initialSigma).toBeCloseTo(Math.sqrt(sigma ** 2 + 1), 5);
  });
});

describe('Euler ancestral', () => {
  it('goes down to σ_down and comes back by noise of σ_up', () => {
    const scheduler = new EulerAncestralScheduler({ timesteps: [900, 500], sigmas: [2, 1, 0] }, 'sample', 2);
    const step = (noise: number): number =>
      scheduler.step(Float32Array.of(6), Float32Array.of(2), 0, () => Float32Array.of(noise)).latent[0] ?? NaN;
    // k-diffusion's get_ancestral_step(2, 1): σ_up = √(1·(4-1)/4), σ_down = √(1 - 3/4).
    expect(step(0)).toBe(3); // 6 + (6 - 2)/2 · (0.5 - 2)
    expect(step(1) - step(0)).toBeCloseTo(Math.sqrt(3 / 4), 6);
  });

  it('asks for no noise at the end', () => {
    const scheduler = new EulerAncestralScheduler({ timesteps: [900], sigmas: [2, 0] }, 'sample', 2);
    const refuse = (): never => expect.unreachable();
    expect(scheduler.step(Float32Array.of(6), Float32Array.of(2), 0, refuse).latent[0]).toBe(2);
  });
});

describe('DDIM', () => {
  const alphaBars = Float64Array.of(0.81, 0.64, 0.36);
  const settings = { timesteps: [2, 1], alphaBars, finalAlphaBar: 1, prediction: 'epsilon', clipRange: null } as const;

  it('is equation 12 of Song et al. 2021', () => {
    const ddim = new DdimScheduler(settings);
    // x = 0.6·2 + 0.8·1: clean 2, noise 1. Next: 0.8·2 + 0.6·1.
    const { clean, latent } = ddim.step(Float32Array.of(2), Float32Array.of(1), 0);
    expect(clean[0]).toBeCloseTo(2, 6);
    expect(latent[0]).toBeCloseTo(2.2, 6);
    expect(ddim.step(Float32Array.of(2.2), Float32Array.of(1), 1).latent[0]).toBeCloseTo(2, 5);
  });

  it('ends at the first training step where it is told to', () => {
    const ddim = new DdimScheduler({ ...settings, finalAlphaBar: 0.81 });
    // clean 2, noise 1 at ᾱ = 0.64; then 0.9·2 + √0.19·1.
    expect(ddim.step(Float32Array.of(2.2), Float32Array.of(1), 1).latent[0]).toBeCloseTo(1.8 + Math.sqrt(0.19), 5);
  });

  it('clips the clean latent, and takes the noise from what is left', () => {
    const ddim = new DdimScheduler({ ...settings, clipRange: 1 });
    // clean 1, so the noise in 2 is (2 - 0.6)/0.8 = 1.75. Next: 0.8 + 0.6·1.75.
    expect(ddim.step(Float32Array.of(2), Float32Array.of(1), 0).latent[0]).toBeCloseTo(1.85, 6);
  });
});

describe('DPM-Solver++ 2M', () => {
  const alpha = (sigma: number): number => 1 / Math.sqrt(1 + sigma ** 2);
  const of = (
    sigmas: readonly number[],
    more: { multistep?: boolean; lowerOrderFinal?: boolean } = {},
  ): DpmSolverScheduler =>
    new DpmSolverScheduler({
      path: { timesteps: sigmas.slice(1).map((_, i) => 100 - i), sigmas },
      prediction: 'sample',
      multistep: true,
      lowerOrderFinal: false,
      ...more,
    });

  it('is algorithm 2 of Lu et al. 2022: r = 1 where σ halves', () => {
    const solver = of([4, 2, 1]);
    const first = solver.step(Float32Array.of(1), Float32Array.of(3), 0).latent[0] ?? NaN;
    // First order: x' = σ̂'/σ̂·x - α'(e^-h - 1)·clean, e^-h = 1/2, σ̂ = σα.
    expect(first).toBeCloseTo((2 * alpha(2)) / (4 * alpha(4)) + (alpha(2) / 2) * 3, 6);
    const second = solver.step(Float32Array.of(first), Float32Array.of(5), 1).latent[0];
    const extrapolated = 1.5 * 5 - 0.5 * 3;
    expect(second).toBeCloseTo(((1 * alpha(1)) / (2 * alpha(2))) * first + (alpha(1) / 2) * extrapolated, 5);
  });

  it('is of first order at the end of few steps', () => {
    const solver = of([4, 2, 1], { lowerOrderFinal: true });
    solver.step(Float32Array.of(1), Float32Array.of(3), 0);
    const last = solver.step(Float32Array.of(1), Float32Array.of(5), 1).latent[0];
    expect(last).toBeCloseTo(alpha(1) / (2 * alpha(2)) + (alpha(1) / 2) * 5, 6);
  });

  it('comes nearer to the exact solution than first order', () => {
    // Data of variance 1/4: the best guess at σ is x·s²/(s²+σ²) in k-diffusion's space, and the ODE's solution there is
    // x·√((s²+σ'²)/(s²+σ²)): Karras et al. 2022, appendix B.3.
    const variance = 0.25;
    const sigmas = Array.from({ length: 21 }, (_, i) => 10 * 0.7 ** i);
    const errorOf = (multistep: boolean): number => {
      const solver = of(sigmas, { multistep });
      let latent: Float32Array = Float32Array.of(3);
      sigmas.slice(0, -1).forEach((sigma, step) => {
        const guess = latent.map((value) => ((value / alpha(sigma)) * variance) / (variance + sigma ** 2));
        ({ latent } = solver.step(latent, guess, step));
      });
      const [from, to] = [sigmas[0] ?? 0, sigmas.at(-1) ?? 0];
      const exact = (3 / alpha(from)) * Math.sqrt((variance + to ** 2) / (variance + from ** 2)) * alpha(to);
      return Math.abs((latent[0] ?? 0) - exact) / exact;
    };
    expect(errorOf(true)).toBeLessThan(errorOf(false) / 4);
    expect(errorOf(true)).toBeLessThan(0.05);
  });
});

describe('LCM', () => {
  const alphaBars = Float64Array.from({ length: 1000 }, (_, step) => (step === 999 ? 0.36 : 0.64));
  const lcm = new LcmScheduler({
    timesteps: [999, 499],
    alphaBars,
    prediction: 'epsilon',
    clipRange: null,
    timestepScaling: 10,
  });

  it('guesses the clean latent and noises it anew', () => {
    // clean 2 by the boundary condition of c_skip = 0.25/(9990² + 0.25), nearly 0; then 0.8·2 + 0.6·noise.
    const { clean, latent } = lcm.step(Float32Array.of(2), Float32Array.of(1), 0, () => Float32Array.of(-1));
    expect(clean[0]).toBeCloseTo(2, 5);
    expect(latent[0]).toBeCloseTo(1, 5);
  });

  it('ends with the guess', () => {
    expect(lcm.step(Float32Array.of(2.2), Float32Array.of(1), 1, NO_NOISE).latent[0]).toBeCloseTo(2, 5);
  });

  it('keeps more of the latent the less noise there is', () => {
    const early = new LcmScheduler({
      timesteps: [0],
      alphaBars,
      prediction: 'sample',
      clipRange: null,
      timestepScaling: 10,
    });
    // At timestep 0 c_skip is 1: a latent without noise is left as it is.
    expect(early.step(Float32Array.of(2), Float32Array.of(9), 0, NO_NOISE).latent[0]).toBe(2);
  });
});
