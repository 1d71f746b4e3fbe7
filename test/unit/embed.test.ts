import { describe, expect, it } from 'vitest';
import { base64 } from '../../src/dialects/openai/vectors/openai-embeddings.codec.js';
import { wrongInput } from '../../src/dialects/openai/vectors/openai-embeddings.validators.js';
import { wrongDocuments } from '../../src/dialects/openai/vectors/openai-rerank.validators.js';
import { shorten } from '../../src/domains/embeddings/shorten.js';
import { textsOfTokens, type TokenReader } from '../../src/domains/embeddings/token-texts.js';

describe('a vector that is shortened', () => {
  it('keeps its beginning, at unit length', () => {
    expect([...shorten(Float32Array.of(0.6, 0, 0.8), 2)]).toEqual([1, 0]);
    const whole = Float32Array.of(0.6, 0, 0.8);
    const [first = 0, , last = 0] = shorten(whole, 3);
    expect([first, last].map((value) => +value.toFixed(6))).toEqual([0.6, 0.8]);
  });

  it('leaves zeros as they are', () => {
    expect([...shorten(Float32Array.of(0, 0, 1), 2)]).toEqual([0, 0]);
  });
});

describe('a vector in base64', () => {
  it('is 32-bit floats, little-endian', () => {
    expect(base64(Float32Array.of(1, -2))).toBe(Buffer.from([0, 0, 128, 63, 0, 0, 0, 192]).toString('base64'));
  });
});

describe('the input of an embedding request', () => {
  it.each([
    ['a'],
    [['a', 'b']],
    [[1, 2]],
    [[[1], [2, 3]]],
    [Array<string>(2048).fill('a')],
    [Array<number>(5000).fill(1)],
  ])('may be %j', (input) => {
    expect(wrongInput(input)).toBeNull();
  });

  it.each([
    ['', 'must not be empty'],
    [[], 'must not be an empty list'],
    [['a', ''], '[1] must not be empty'],
    [[[1], []], '[1] must not be empty'],
    [['a', 1], '[1] must be a text, as the others'],
    [[[1], 'a'], '[1] must be a list of token ids, as the others'],
    [[[1], [1.5]], '[1] must be a list of token ids, as the others'],
    [[1, -1], 'must hold whole numbers from 0 as token ids'],
    [[1, 'a'], 'must hold whole numbers from 0 as token ids'],
    [7, 'must be a text, a list of texts, or token ids'],
    [{ text: 'a' }, 'must be a text, a list of texts, or token ids'],
    [Array<string>(2049).fill('a'), 'takes 2048 texts at most; these are 2049'],
  ])('may not be %j', (input, message) => {
    expect(wrongInput(input)).toBe(message);
  });
});

describe('the documents of a request', () => {
  it.each([[['a']], [[{ text: 'a' }, 'b', { text: 'c', title: 'd' }]]])('may be %j', (documents) => {
    expect(wrongDocuments(documents)).toBeNull();
  });

  it.each([
    ['a', 'must be a list of at least one document'],
    [[], 'must be a list of at least one document'],
    [['a', { title: 'b' }], '[1] must be a text or an object with a text'],
    [['a', null], '[1] must be a text or an object with a text'],
    [['a', { text: '' }], '[1] must not be empty'],
    [Array<string>(2049).fill('a'), 'takes 2048 at most; these are 2049'],
  ])('may not be %j', (documents, message) => {
    expect(wrongDocuments(documents)).toBe(message);
  });
});

describe('token ids instead of a text', () => {
  const CLS = 100;
  const SEP = 101;
  const WORDS = ['a', 'b', 'c', 'ab'];

  /** A vocabulary of words, of which "ab" is never taken apart. */
  const words = (before: readonly number[], after: readonly number[]): TokenReader => ({
    tokensOf: (text, specialTokens) => {
      const inner = text.split(' ').flatMap((word) => (word === '' ? [] : [WORDS.indexOf(word)]));
      return Promise.resolve(specialTokens ? [...before, ...inner, ...after] : inner);
    },
    // Two tokens "a" "b" that follow each other look like the one "ab".
    textOf: (tokens) =>
      Promise.resolve(
        tokens
          .map((token) => WORDS[token])
          .join(' ')
          .replace('a b', 'ab'),
      ),
  });

  it.each([
    ['alone', [2, 1], [], []],
    ['with what the model puts around a text', [CLS, 2, 1, SEP], [CLS], [SEP]],
    ['without it', [2, 1], [CLS], [SEP]],
    ['with its beginning only', [CLS, 2, 1], [CLS], []],
  ])('are read %s', async (_, tokens, before, after) => {
    expect(await textsOfTokens([tokens, [0]], words(before, after))).toEqual(['c b', 'a']);
  });

  it('that no text has are refused, naming which', async () => {
    await expect(textsOfTokens([[2], [0, 1]], words([CLS], [SEP]))).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^The token ids of input 1 are not what this model makes of any text/) as unknown,
      param: 'input',
    });
  });

  it('that say nothing are refused', async () => {
    await expect(textsOfTokens([[CLS, SEP]], words([CLS], [SEP]))).rejects.toMatchObject({
      message: 'Input 0 is empty.',
      param: 'input',
    });
  });
});
