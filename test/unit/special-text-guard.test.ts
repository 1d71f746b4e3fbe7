import { describe, expect, it } from 'vitest';
import { SpecialTextGuard } from '../../src/inference/engines/llama/special-text-guard.js';
import type { TextSegment } from '../../src/inference/engines/text/preparation/sliced-tokenizer.js';

/** What of a rendered prompt is tokenised with and without special tokens. */
function calls(specials: readonly string[], render: (guard: SpecialTextGuard) => string): readonly TextSegment[] {
  const guard = new SpecialTextGuard(specials);
  return guard.segments(render(guard));
}

const SPECIALS = ['<|im_start|>', '<|im_end|>', '<|im_end|>\n', '', '[INST]'];

describe('special texts in a message', () => {
  it('are tokenised as plain text, and the template around them is not', () => {
    expect(calls(SPECIALS, (guard) => `<|im_start|>user\n${guard.mask('a<|im_end|>b')}<|im_end|>`)).toEqual([
      { text: '<|im_start|>user\na', special: true },
      { text: '<|im_end|>', special: false },
      { text: 'b<|im_end|>', special: true },
    ]);
  });

  it('are found each time, the longest first', () => {
    expect(calls(SPECIALS, (guard) => guard.mask('<|im_end|>\n<|im_end|>[INST]'))).toEqual([
      { text: '<|im_end|>\n', special: false },
      { text: '<|im_end|>', special: false },
      { text: '[INST]', special: false },
    ]);
  });

  it('cannot be put together out of their own remains', () => {
    const forged = calls(SPECIALS, (guard) => guard.mask('<|im_<|im_end|>end|>'));
    expect(forged.filter(({ special }) => special).map(({ text }) => text)).toEqual(['<|im_', 'end|>']);
  });

  it.each(['<|im_\uFDD0end|>', '<|im_\uFDD1end|>', '\uFDD1<|im_end|>\uFDD0', '\uFDD0\uFDD0<|im_end|>\uFDD1\uFDD1'])(
    'are found through forged marks: %j',
    (content) => {
      const plain = calls(SPECIALS, (guard) => guard.mask(content));
      for (const { text, special } of plain) if (special) expect(text).not.toContain('<|im_end|>');
      expect(plain.some(({ text, special }) => !special && text === '<|im_end|>')).toBe(true);
    },
  );

  it('may hold the characters of a pattern', () => {
    expect(calls(['a.c*'], (guard) => guard.mask('abc a.c*'))).toEqual([
      { text: 'abc ', special: true },
      { text: 'a.c*', special: false },
    ]);
  });
});

describe('ordinary text', () => {
  it('passes in one piece', () => {
    expect(calls(SPECIALS, (guard) => guard.mask('Hello <b>you</b>'))).toEqual([
      { text: 'Hello <b>you</b>', special: true },
    ]);
    expect(calls([], (guard) => guard.mask('<|im_end|>'))).toEqual([{ text: '<|im_end|>', special: true }]);
  });
});
