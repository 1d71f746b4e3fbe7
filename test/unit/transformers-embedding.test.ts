import { describe, expect, it } from 'vitest';
import {
  checkSteps,
  poolingOf,
  poolTexts,
  toUnitLength,
} from '../../src/inference/engines/transformers/embedding/pooling.js';
import { batchesOf } from '../../src/inference/engines/transformers/embedding/text-batches.js';

describe('pooling', () => {
  /** Two texts of up to three tokens, two numbers each; the second text is shorter. */
  const vectors = {
    data: Float32Array.of(3, 0, 0, 4, 0, 0, 0, 1, 0, 3, 9, 9),
    dims: [2, 3, 2],
    mask: [
      [1, 1, 1],
      [1, 1, 0],
    ],
  };
  const rounded = (rows: readonly Float32Array[]): number[][] =>
    rows.map((row) => Array.from(row, (v) => +v.toFixed(5)));

  it('takes the mean of the tokens, padding left out, at unit length', () => {
    // (3,4)/3 → (.6,.8); (0,4)/2 → (0,1)
    expect(rounded(poolTexts(vectors, 'mean'))).toEqual([
      [0.6, 0.8],
      [0, 1],
    ]);
  });

  it('takes the first token', () => {
    expect(rounded(poolTexts(vectors, 'cls'))).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('takes the last token', () => {
    const [, second] = poolTexts(vectors, 'last');
    expect([...(second ?? [])]).toEqual([0, 1]);
  });

  it('leaves a zero vector as it is', () => {
    expect([...toUnitLength(new Float32Array(2))]).toEqual([0, 0]);
  });

  it.each([
    [{}, 'mean'],
    [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: false, word_embedding_dimension: 384 }, 'mean'],
    [{ pooling_mode_cls_token: true }, 'cls'],
    [{ pooling_mode_lasttoken: true }, 'last'],
  ])('is as the model’s file says: %j', (config, pooling) => {
    expect(poolingOf(config)).toBe(pooling);
  });

  it('of another kind is refused', () => {
    expect(() => poolingOf({ pooling_mode_max_tokens: true })).toThrow(/asks for pooling_mode_max_tokens/);
    expect(() => poolingOf({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true })).toThrow(/ and /);
  });
});

describe('what follows the transformer', () => {
  const step = (name: string): { readonly type: string } => ({ type: `sentence_transformers.models.${name}` });

  it('may be pooling and normalising', () => {
    expect(() => checkSteps([step('Transformer'), step('Pooling'), step('Normalize')])).not.toThrow();
    expect(() => checkSteps([])).not.toThrow();
  });

  it('may be nothing else', () => {
    expect(() => checkSteps([step('Transformer'), step('Dense')])).toThrow(/a step "Dense"/);
  });
});

describe('batches', () => {
  const texts = (...lengths: number[]): { index: number; tokens: number[] }[] =>
    lengths.map((length, index) => ({ index, tokens: new Array<number>(length).fill(7) }));
  const sizes = (...lengths: number[]): number[][] =>
    batchesOf(texts(...lengths)).map((batch) => batch.map(({ tokens }) => tokens.length));

  it('hold texts of like length, the longest first', () => {
    expect(sizes(3, 9, 5)).toEqual([[9, 5, 3]]);
    expect(batchesOf(texts(3, 9, 5))[0]?.map(({ index }) => index)).toEqual([1, 2, 0]);
  });

  it('hold sixteen at most', () => {
    expect(sizes(...new Array<number>(35).fill(4)).map(({ length }) => length)).toEqual([16, 16, 3]);
  });

  it('hold 8192 tokens at most, padding included', () => {
    expect(sizes(4096, 4096, 4096, 10)).toEqual([
      [4096, 4096],
      [4096, 10],
    ]);
    expect(sizes(9000, 1)).toEqual([[9000], [1]]);
  });

  it('of no texts are none', () => {
    expect(sizes()).toEqual([]);
  });
});
