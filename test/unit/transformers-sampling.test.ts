import { describe, expect, it } from 'vitest';
import { penalise } from '../../src/inference/engines/transformers/sampling/penalties.js';
import { samplingDefaults } from '../../src/inference/engines/transformers/sampling/sampling-defaults.js';
import { SeededRandom } from '../../src/inference/engines/random/seeded-random.js';
import { TokenChooser } from '../../src/inference/engines/transformers/sampling/token-chooser.js';
import type { Sampling } from '../../src/inference/task-basics.js';

const PLAIN: Sampling = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
};

/** Logits of given probabilities. */
function logits(...probabilities: number[]): Float32Array {
  return Float32Array.from(probabilities, Math.log);
}

/** Which tokens come up when every share of the probability mass is drawn. */
function reachable(sampling: Partial<Sampling>, ...probabilities: number[]): number[] {
  const found = new Set<number>();
  for (let step = 0; step < 1000; step++) {
    found.add(new TokenChooser({ ...PLAIN, ...sampling }, () => step / 1000).choose(logits(...probabilities), []));
  }
  return [...found].sort((a, b) => a - b);
}

/** How often each token comes up in evenly spread draws. */
function shares(sampling: Partial<Sampling>, ...probabilities: number[]): number[] {
  const counts = probabilities.map(() => 0);
  const draws = 10_000;
  for (let step = 0; step < draws; step++) {
    const chooser = new TokenChooser({ ...PLAIN, ...sampling }, () => step / draws);
    const token = chooser.choose(logits(...probabilities), []);
    counts[token] = (counts[token] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

describe('penalties', () => {
  it('divide a positive logit and multiply a negative one', () => {
    const values = Float32Array.of(2, -2, 2, 0);
    penalise(values, [0, 1], { repeatPenalty: 2, presencePenalty: 0, frequencyPenalty: 0 });
    expect([...values]).toEqual([1, -4, 2, 0]);
  });

  it('subtract once for presence and once for each occurrence', () => {
    const values = Float32Array.of(5, 5, 5);
    penalise(values, [0, 1, 0, 0], { repeatPenalty: 1, presencePenalty: 0.5, frequencyPenalty: 1 });
    expect([...values]).toEqual([5 - 0.5 - 3, 5 - 0.5 - 1, 5]);
  });

  it('divide first, then subtract', () => {
    const values = Float32Array.of(4);
    penalise(values, [0], { repeatPenalty: 2, presencePenalty: 1, frequencyPenalty: 0 });
    expect(values[0]).toBe(1);
  });

  it('may be bonuses, and do nothing when they are off', () => {
    const values = Float32Array.of(1, 1);
    penalise(values, [0], { repeatPenalty: 1, presencePenalty: -2, frequencyPenalty: 0 });
    expect([...values]).toEqual([3, 1]);
    penalise(values, [0, 1], { repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0 });
    expect([...values]).toEqual([3, 1]);
  });

  it('pass over tokens that are not in the vocabulary', () => {
    const values = Float32Array.of(1);
    penalise(values, [7], { repeatPenalty: 2, presencePenalty: 1, frequencyPenalty: 1 });
    expect([...values]).toEqual([1]);
  });
});

describe('greedy decoding', () => {
  it('takes the best token, of equals the first, without a draw', () => {
    const chooser = new TokenChooser({ ...PLAIN, temperature: 0 }, () => {
      throw new Error('a draw');
    });
    expect(chooser.choose(Float32Array.of(1, 3, 3, 2), [])).toBe(1);
  });

  it('goes by what the penalties leave', () => {
    const chooser = new TokenChooser({ ...PLAIN, temperature: 0, frequencyPenalty: 2 }, () => 0);
    expect(chooser.choose(Float32Array.of(1, 3, 2), [1])).toBe(2);
  });

  it('may take what has no probability at all only if there is nothing else', () => {
    const chooser = new TokenChooser({ ...PLAIN, temperature: 0 }, () => 0);
    expect(chooser.choose(Float32Array.of(-Infinity, -5), [])).toBe(1);
  });
});

describe('a draw', () => {
  it('takes each token as often as it is probable', () => {
    const [a, b, c] = shares({}, 0.5, 0.3, 0.2);
    expect(a).toBeCloseTo(0.5, 3);
    expect(b).toBeCloseTo(0.3, 3);
    expect(c).toBeCloseTo(0.2, 3);
  });

  it('at temperature 2 takes the square roots of the probabilities', () => {
    // √.64 : √.36 = .8 : .6 = 4/7 : 3/7
    const [a, b] = shares({ temperature: 2 }, 0.64, 0.36);
    expect(a).toBeCloseTo(4 / 7, 3);
    expect(b).toBeCloseTo(3 / 7, 3);
  });

  it('never takes an impossible token', () => {
    expect(reachable({}, 0.5, 0, 0.5)).toEqual([0, 2]);
    const chooser = new TokenChooser(PLAIN, () => 1 - 2 ** -53);
    expect(chooser.choose(logits(0.7, 0.3, 0), [])).toBe(1);
  });
});

describe('top-k', () => {
  it.each([
    [1, [1]],
    [2, [1, 3]],
    [3, [1, 2, 3]],
    [4, [0, 1, 2, 3]],
    [9, [0, 1, 2, 3]],
    [0, [0, 1, 2, 3]],
  ])('%i keeps %j of .1 .4 .2 .3', (topK, kept) => {
    expect(reachable({ topK }, 0.1, 0.4, 0.2, 0.3)).toEqual(kept);
  });

  it('keeps the first of equals', () => {
    expect(reachable({ topK: 2 }, 0.25, 0.25, 0.25, 0.25)).toEqual([0, 1]);
  });
});

describe('top-p', () => {
  it.each([
    [0, [1]],
    [0.39, [1]],
    [0.41, [1, 3]],
    [0.69, [1, 3]],
    [0.71, [1, 2, 3]],
    [0.91, [0, 1, 2, 3]],
    [1, [0, 1, 2, 3]],
  ])('%d keeps %j of .1 .4 .2 .3', (topP, kept) => {
    expect(reachable({ topP }, 0.1, 0.4, 0.2, 0.3)).toEqual(kept);
  });

  it('counts the mass of what top-k leaves', () => {
    // Of .5 .25 .25 top-k leaves 2/3 and 1/3: .6 of them is the first alone.
    expect(reachable({ topK: 2, topP: 0.6 }, 0.5, 0.25, 0.25)).toEqual([0]);
    expect(reachable({ topK: 2, topP: 0.7 }, 0.5, 0.25, 0.25)).toEqual([0, 1]);
  });

  it('counts after the temperature', () => {
    // At temperature 2 .64 .36 become 4/7 3/7: .6 takes both.
    expect(reachable({ topP: 0.6 }, 0.64, 0.36)).toEqual([0]);
    expect(reachable({ topP: 0.6, temperature: 2 }, 0.64, 0.36)).toEqual([0, 1]);
  });

  it('finds a nucleus of many unlikely tokens', () => {
    const flat = new Array<number>(5000).fill(0.0001);
    const kept = reachable({ topP: 0.75 }, 0.5, ...flat); // the half and 2,500 of the 5,000
    expect(kept.length).toBeGreaterThan(300);
    expect(Math.abs(Math.max(...kept) - 2500)).toBeLessThan(10);
    const tail = new Array<number>(2000).fill(1e-9);
    expect(reachable({ topP: 0.5 }, 0.9, ...tail)).toEqual([0]);
  });
});

describe('min-p', () => {
  it.each([
    [0.3, [1, 2, 3]], // .3 × .4 = .12
    [0.6, [1, 3]],
    [0.8, [1]],
    [1, [1]],
  ])('%d keeps %j of .1 .4 .2 .3', (minP, kept) => {
    expect(reachable({ minP }, 0.1, 0.4, 0.2, 0.3)).toEqual(kept);
  });

  it('and top-p both hold', () => {
    expect(reachable({ minP: 0.6, topP: 0.95 }, 0.1, 0.4, 0.2, 0.3)).toEqual([1, 3]);
    expect(reachable({ minP: 0.1, topP: 0.41 }, 0.1, 0.4, 0.2, 0.3)).toEqual([1, 3]);
  });
});

describe('seeded numbers', () => {
  const numbers = (seed: number): number[] => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 5 }, () => random.next());
  };

  it('are the seed’s', () => {
    expect(numbers(42)).toEqual(numbers(42));
    const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => numbers(seed)[0])).size).toBe(seeds.length);
  });

  it('are spread evenly over 0 to 1', () => {
    const random = new SeededRandom(7);
    const bins = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1;
    }
    // χ² of nine degrees of freedom exceeds 27.9 once in a thousand.
    expect(bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
  });

  it('make equal choices of equal logits', () => {
    const run = (seed: number): number[] => {
      const random = new SeededRandom(seed);
      const chooser = new TokenChooser(PLAIN, () => random.next());
      return Array.from({ length: 50 }, () => chooser.choose(logits(0.4, 0.3, 0.2, 0.1), []));
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });
});

describe('how a model wants to be sampled', () => {
  it('is greedily unless its file says otherwise', () => {
    expect(samplingDefaults({}).temperature).toBe(0);
    expect(samplingDefaults({ do_sample: false, temperature: 0.7 }).temperature).toBe(0);
    expect(samplingDefaults({ do_sample: true }).temperature).toBe(1);
  });

  it('is what its file says', () => {
    const file = { do_sample: true, temperature: 0.1, top_p: 0.001, top_k: 1, repetition_penalty: 1.05, min_p: 0.02 };
    expect(samplingDefaults(file)).toEqual({
      temperature: 0.1,
      topP: 0.001,
      topK: 1,
      minP: 0.02,
      repeatPenalty: 1.05,
      presencePenalty: 0,
      frequencyPenalty: 0,
    });
  });
});
