import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { completeSampling } from '../../src/inference/engines/llama/sampling-options.js';
import { TokenScoring } from '../../src/inference/engines/llama/token-scoring.js';
import { TopScoring } from '../../src/inference/engines/llama/top-scoring.js';
import { SeededRandom } from '../../src/inference/engines/random/seeded-random.js';
import { TokenChooser } from '../../src/inference/engines/transformers/sampling/token-chooser.js';
import type { Sampling } from '../../src/inference/task-basics.js';

const SIZE = 3000;
const describeToken = (token: Token): { text: string; bytes: null } => ({ text: `t${String(token)}`, bytes: null });

function logitsOf(seed: number): Float32Array {
  const random = new SeededRandom(seed);
  return Float32Array.from({ length: SIZE }, () => random.next() * 12 - 6);
}

describe('scores of the likeliest tokens alone', () => {
  it.each<[string, Partial<Sampling>]>([
    ['defaults', {}],
    ['greedy', { temperature: 0 }],
    ['penalties', { repeatPenalty: 1.3, presencePenalty: 0.5 }],
    ['raised repeats', { frequencyPenalty: -1.5, temperature: 0 }],
    ['min-p', { minP: 0.1, topK: 20 }],
  ])('choose and tell what the whole vocabulary does: %s', (_, wanted) => {
    const sampling = completeSampling({ ...wanted, seed: 3 });
    const chooser = (): TokenChooser => {
      const random = new SeededRandom(3);
      return new TokenChooser(sampling, () => random.next());
    };
    const recent = [5, 6, 7, 7, 2999] as Token[];
    const bias = [
      { token: 17, bias: 9 },
      { token: 18, bias: -50 },
    ];
    const common = { alternatives: 5, bias, recent: () => recent, describe: describeToken };
    const whole = new TokenScoring({ ...common, chooser: chooser(), vocabularySize: SIZE });
    const top = TopScoring.of({ ...common, chooser: chooser(), sampling });
    if (top === null) throw new Error('the likeliest do');
    for (let round = 0; round < 20; round++) {
      const logits = [...logitsOf(round + 1)].map((logit, token) => [token as Token, logit] as const);
      logits.sort((a, b) => b[1] - a[1]);
      const highest = logits[0]?.[1] ?? 0;
      const weight = logits.reduce((sum, [, logit]) => sum + Math.exp(logit - highest), 0);
      const probabilities = new Map(logits.map(([token, logit]) => [token, Math.exp(logit - highest) / weight]));
      const extra = new Set(top.extraTokens());
      const known = new Map(logits.filter(([token], place) => place < top.count || extra.has(token)));
      const expected = whole.score(0 as Token, probabilities);
      const found = top.score(known, weight);
      expect(found.token).toBe(expected.token);
      expect(found.logprob.logprob).toBeCloseTo(expected.logprob.logprob, 4);
      expect(found.logprob.top.map(({ text }) => text)).toEqual(expected.logprob.top.map(({ text }) => text));
    }
  });

  it('are not enough where any token may be chosen', () => {
    const sampling = completeSampling({ topK: 0 });
    const chooser = new TokenChooser(sampling, () => 0);
    const options = { alternatives: 5, bias: [], recent: () => [], describe: describeToken, chooser, sampling };
    expect(TopScoring.of(options)).toBeNull();
  });
});
