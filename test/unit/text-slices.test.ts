import { describe, expect, it } from 'vitest';
import { Preparation } from '../../src/inference/engines/text/preparation/preparations.js';
import { SlicedTokenizer, TokenLimitError } from '../../src/inference/engines/text/preparation/sliced-tokenizer.js';
import {
  MAX_SLICE_LENGTH,
  TextSlicer,
  type SliceRules,
} from '../../src/inference/engines/text/preparation/text-slices.js';

const RULES: SliceRules = {
  specials: /<end>|<start>/g,
  wholeTexts: ['<end>', '<start>', 'New York'],
  beforeWords: true,
  afterLines: true,
};

function slices(text: string, special = false, rules = RULES): string[] {
  return [...new TextSlicer(rules).slices(text, special)];
}

describe('the slices of a text', () => {
  it.each([
    ['words', 'some words '.repeat(5000)],
    ['one word', 'a'.repeat(50_000)],
    ['lines', '行。\n'.repeat(20_000)],
    ['pairs', '😀'.repeat(20_000)],
    ['nothing', ''],
  ])('are the whole text, none too long: %s', (_, text) => {
    const parts = slices(text);
    expect(parts.join('')).toBe(text);
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(MAX_SLICE_LENGTH);
      expect(part).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
    }
  });

  it('begin with a word’s blank, or after a line', () => {
    for (const part of slices('some words '.repeat(5000)).slice(1)) expect(part).toMatch(/^ [sw]/);
    for (const part of slices('some,words\n'.repeat(5000)).slice(1)) expect(part).toMatch(/^some/);
  });

  it('begin with a special text, where such are special', () => {
    const text = '<start>12345<end>'.repeat(2000);
    for (const part of slices(text, true).slice(1)) expect(part).toMatch(/^<(start|end)>/);
  });

  it('leave a text whole that the tokenizer takes out first', () => {
    for (const part of slices('New York '.repeat(5000)).slice(1)) expect(part).not.toMatch(/^ ?York/);
    for (const part of slices('<end>'.repeat(5000)).slice(1)) expect(part).toMatch(/^<end>/);
  });
});

describe('a sliced tokenizer', () => {
  const byLetter = new SlicedTokenizer<number>((text) => [...text].map((letter) => letter.charCodeAt(0)), RULES);

  it('gives the tokens of all slices in order', async () => {
    const text = 'some words '.repeat(10_000);
    const tokens = await byLetter.tokens([{ text, special: false }], new Preparation('a'));
    expect(String.fromCharCode(...tokens.slice(-11))).toBe('some words ');
    expect(tokens).toHaveLength(text.length);
  });

  it('stops at the limit of a long text, and counts a short one', async () => {
    const read = (length: number): Promise<number[]> =>
      byLetter.tokens([{ text: 'a'.repeat(length), special: false }], new Preparation('a'), 100);
    await expect(read(500_000)).rejects.toSatisfy(
      (error: unknown) => error instanceof TokenLimitError && error.atLeast < 50_000,
    );
    expect(await read(20_000)).toHaveLength(20_000);
  });

  it('stops once its request is aborted, and lets the event loop turn before', async () => {
    const slow = new SlicedTokenizer<number>(() => {
      const until = performance.now() + 10;
      while (performance.now() < until);
      return [1];
    }, RULES);
    const preparation = new Preparation('a');
    setImmediate(() => preparation.abort());
    const reading = slow.tokens([{ text: 'a'.repeat(1_000_000), special: false }], preparation);
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(preparation.costly(1)).toEqual([]);
  });
});
