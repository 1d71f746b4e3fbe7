import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { samplingOptions } from '../../src/inference/engines/llama/sampling-options.js';

const RECENT = [1, 2, 3] as Token[];
const recent = (): Token[] => RECENT;

describe('sampling options', () => {
  it('have defaults, no penalties, and a seed of their own', () => {
    const options = samplingOptions({}, recent);
    expect(options).toMatchObject({ temperature: 0.8, topP: 0.95, topK: 40, minP: 0, yieldEogToken: true });
    expect(options.repeatPenalty).toBeUndefined();
    expect(Number.isInteger(options.seed)).toBe(true);
  });

  it('differ in their seeds, so that two requests differ', () => {
    const drawn = new Set(Array.from({ length: 20 }, () => samplingOptions({}, recent).seed));
    expect(drawn.size).toBeGreaterThan(1);
  });

  it('take what was asked for, zeros and ones included', () => {
    const wanted = { temperature: 0, topP: 1, topK: 0, minP: 0.5, seed: 0 };
    expect(samplingOptions(wanted, recent)).toMatchObject(wanted);
  });

  it.each([{ repeatPenalty: 1.1 }, { presencePenalty: -0.5 }, { frequencyPenalty: 0.5 }])(
    'penalise for %o, looking back on the recent tokens',
    (wanted) => {
      const asked: number[] = [];
      const { repeatPenalty } = samplingOptions(wanted, (count) => {
        asked.push(count);
        return RECENT;
      });
      if (!repeatPenalty || typeof repeatPenalty.punishTokens !== 'function') throw new Error('no penalties');
      expect(repeatPenalty.punishTokens()).toEqual(RECENT);
      expect(asked).toEqual([64]);
      expect(repeatPenalty).toMatchObject({
        penalty: wanted.repeatPenalty ?? 1,
        presencePenalty: wanted.presencePenalty ?? 0,
        frequencyPenalty: wanted.frequencyPenalty ?? 0,
      });
    },
  );
});
