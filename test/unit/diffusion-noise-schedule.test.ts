import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../src/inference/engines/diffusion/schedulers/create-scheduler.js';
import { alphaBars, sigmaOf } from '../../src/inference/engines/diffusion/schedulers/noise-schedule.js';
import { karrasPath } from '../../src/inference/engines/diffusion/schedulers/sigmas.js';
import {
  multistepTimesteps,
  roundHalfEven,
  spacedTimesteps,
} from '../../src/inference/engines/diffusion/schedulers/timesteps.js';
import { configOf, STABLE_DIFFUSION } from './support/diffusion-scheduler.js';

const DDIM = { _class_name: 'DDIMScheduler' };

describe('noise', () => {
  it('of Stable Diffusion is as published', () => {
    const bars = alphaBars(configOf({ ...DDIM, ...STABLE_DIFFUSION }));
    expect(bars).toHaveLength(1000);
    expect(bars[0]).toBeCloseTo(1 - 0.00085, 12);
    // Lin et al. 2023, section 3.1: √ᾱ_T = 0.068265.
    expect(Math.sqrt(bars.at(-1) ?? 0)).toBeCloseTo(0.068265, 6);
    // sigma_min of k-diffusion's wrapper.
    expect(sigmaOf(bars[0] ?? 0)).toBeCloseTo(0.0292, 4);
  });

  it('of DDPM is linear: Ho et al. 2020, √ᾱ_T = 0.006353 in table 1 of Lin et al. 2023', () => {
    const bars = alphaBars(configOf({ ...DDIM, beta_schedule: 'linear', beta_start: 0.0001, beta_end: 0.02 }));
    expect(Math.sqrt(bars.at(-1) ?? 0)).toBeCloseTo(0.006353, 6);
  });

  it('of the cosine schedule follows Nichol and Dhariwal 2021, equation 17', () => {
    const bars = alphaBars(configOf({ ...DDIM, beta_schedule: 'squaredcos_cap_v2' }));
    const f = (time: number): number => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
    for (const step of [0, 250, 500, 900]) expect(bars[step]).toBeCloseTo(f((step + 1) / 1000) / f(0), 9);
    expect(bars.at(-1)).toBeGreaterThan(0); // the last beta is held at 0.999
  });

  it('rescaled ends in noise alone and begins as before: Lin et al. 2023, algorithm 1', () => {
    const plain = alphaBars(configOf({ ...DDIM, ...STABLE_DIFFUSION }));
    const bars = alphaBars(configOf({ ...DDIM, ...STABLE_DIFFUSION, rescale_betas_zero_snr: true }));
    expect(bars[0]).toBeCloseTo(plain[0] ?? 0, 12);
    expect(bars.at(-1)).toBe(2 ** -24);
    const [first, last, middle] = [plain[0], plain.at(-1), plain[500]].map((bar) => Math.sqrt(bar ?? 0));
    const stretched = (((middle ?? 0) - (last ?? 0)) * (first ?? 0)) / ((first ?? 0) - (last ?? 0));
    expect(bars[500]).toBeCloseTo(stretched ** 2, 12);
  });

  it('may be given one by one', () => {
    const config = configOf({ ...DDIM, trained_betas: [0.5, 0.5, 0.2] });
    expect([...alphaBars(config)]).toEqual([0.5, 0.25, 0.2]);
    expect(config.trainSteps).toBe(3);
  });
});

describe('timesteps', () => {
  const settings = { trainSteps: 1000, stepsOffset: 1 };

  it('are those of table 2 of Lin et al. 2023 (which counts from 1)', () => {
    expect(spacedTimesteps('leading', 10, settings)).toEqual([901, 801, 701, 601, 501, 401, 301, 201, 101, 1]);
    expect(spacedTimesteps('trailing', 10, settings)).toEqual([999, 899, 799, 699, 599, 499, 399, 299, 199, 99]);
    expect(spacedTimesteps('linspace', 10, settings)).toEqual([999, 888, 777, 666, 555, 444, 333, 222, 111, 0]);
  });

  it('of one step are the noisiest where the spacing allows', () => {
    expect(spacedTimesteps('trailing', 1, settings)).toEqual([999]);
    expect(spacedTimesteps('linspace', 1, settings)).toEqual([999]);
    expect(spacedTimesteps('leading', 1, settings)).toEqual([1]);
  });

  it('never leave the training steps', () => {
    expect(spacedTimesteps('leading', 10, { trainSteps: 10, stepsOffset: 1 })[0]).toBe(9);
  });

  it('of multistep solvers leave the last one out, as in diffusers', () => {
    expect(multistepTimesteps('linspace', 4, settings)).toEqual([999, 749, 500, 250]); // linspace(0, 999, 5), rounded
    expect(multistepTimesteps('leading', 4, settings)).toEqual([801, 601, 401, 201]);
    expect(multistepTimesteps('trailing', 4, settings)).toEqual([999, 749, 499, 249]);
  });

  it('of LCM are those that diffusers gives for four steps', () => {
    const lcm = { ...STABLE_DIFFUSION, _class_name: 'LCMScheduler' };
    expect(createScheduler(configOf(lcm), 4).timesteps).toEqual([999, 759, 499, 259]);
    expect(createScheduler(configOf(lcm), 1).timesteps).toEqual([999]);
    const many = createScheduler(configOf(lcm), 200).timesteps;
    expect(new Set(many).size).toBe(200);
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
  });

  it('are rounded as numpy does', () => {
    expect([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3]);
  });
});

describe('Karras’ path', () => {
  it('is equation 5 of Karras et al. 2022', () => {
    // Of σ from 1 to 128 the seventh roots go from 1 to 2: half of the way is 1.5^7.
    const { sigmas, timesteps } = karrasPath(3, Float64Array.of(1, 2, 128), 0);
    expect(sigmas.map((sigma) => Number(sigma.toFixed(6)))).toEqual([128, 17.085938, 1, 0]);
    expect(timesteps).toEqual([2, 2, 0]); // log 17.1 is nearer to log 128 than to log 2
  });
});

describe('settings', () => {
  it('of PNDM are honoured by DPM-Solver++', () => {
    const config = configOf({ ...STABLE_DIFFUSION, _class_name: 'PNDMScheduler', steps_offset: 1, clip_sample: false });
    expect(config).toMatchObject({ kind: 'dpm-solver', prediction: 'epsilon', spacing: 'linspace', clipRange: null });
    expect(createScheduler(config, 25).name).toBe('DPM-Solver++ 2M');
  });

  it('that are not known are refused with a word', () => {
    const of = (fields: object) => () => configOf({ ...DDIM, ...fields });
    expect(of({ _class_name: 'FlowMatchEulerDiscreteScheduler' })).toThrow(
      'scheduler/scheduler_config.json names the scheduler "FlowMatchEulerDiscreteScheduler", which is not known',
    );
    expect(of({ prediction_type: 'flow' })).toThrow('a prediction_type that is none of epsilon, v_prediction, sample');
    expect(of({ beta_schedule: 'sigmoid' })).toThrow('beta_schedule');
    expect(of({ timestep_spacing: 'random' })).toThrow('timestep_spacing');
    expect(of({ num_train_timesteps: 0 })).toThrow('num_train_timesteps');
    expect(of({ beta_start: 2 })).toThrow('betas');
    expect(of({ thresholding: true })).toThrow('thresholding');
  });
});
