import {
  chars,
  charsOf,
  choice,
  NOTHING,
  rule,
  sequence,
  type CharRange,
  type Expression,
} from '../../../json-schema/grammar/expression.js';
import type { GrammarBuilder } from '../../../json-schema/grammar/grammar-builder.js';

/** All of Unicode but half characters. llama.cpp wants to be told what may come, not what may not. */
const ALL: readonly CharRange[] = [
  [0x1, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** Ways into a text that ends with a mark. */
export interface TextUpTo {
  readonly text: Expression;
  /** What may follow the mark's first character. */
  readonly begun: Expression;
}

/**
 * Any text up to the first `mark`, the mark, and what comes `then`. With `mayEnd` the mark need not come. A rule for each
 * part of the mark that may have come; what breaks it leads back, since its first character is nowhere else in it.
 */
export function textUpTo(mark: string, then: Expression, mayEnd: boolean, builder: GrammarBuilder): TextUpTo {
  const letters = [...mark];
  const [begin = ''] = letters;
  const names = letters.map(() => builder.reserve('text'));
  const at = (index: number): Expression => rule(names[index] ?? '');
  letters.forEach((letter, index) => {
    const next = sequence(chars(letter), index === letters.length - 1 ? then : at(index + 1));
    const again = index === 0 ? [] : [sequence(chars(begin), at(1))];
    const other = sequence(charsBut(begin, letter), at(0));
    builder.define(names[index] ?? '', choice(...(mayEnd ? [NOTHING] : []), next, ...again, other));
  });
  return { text: at(0), begun: at(1) };
}

/** Any one character but these. */
export function charsBut(...excluded: readonly string[]): Expression {
  const ranges = [...new Set(excluded)].reduce<readonly CharRange[]>(
    (rest, char) => rest.flatMap((range) => cut(range, char.codePointAt(0) ?? 0)),
    ALL,
  );
  return charsOf(ranges);
}

function cut([first, last]: CharRange, code: number): CharRange[] {
  if (code < first || code > last) return [[first, last]];
  const before: CharRange[] = code > first ? [[first, code - 1]] : [];
  return code < last ? [...before, [code + 1, last]] : before;
}
