import {
  chars,
  charsOf,
  choice,
  literal,
  NOTHING,
  optional,
  repeat,
  rule,
  sequence,
  type CharRange,
  type Expression,
} from './expression.js';
import type { GrammarBuilder } from './grammar-builder.js';

/**
 * What may stand in a JSON string as it is. Worded as what is allowed: llama.cpp refuses a byte of a character too early
 * when the ranges say what is not. Half characters (surrogates) are no text.
 */
export const PLAIN_CHARS: readonly CharRange[] = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0x7e],
  [0x80, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** Blanks in front of a line of printed JSON, at most: a small model can lose itself in more. */
const MOST_INDENT = 20;

const DIGIT = chars('09');
const HEX = chars('09', 'af', 'AF');

/** The rules of JSON itself, in one builder. */
export class JsonGrammar {
  constructor(private readonly builder: GrammarBuilder) {}

  /** Between the parts of arrays and objects: nothing, a blank, or a line end and blanks. */
  get blank(): Expression {
    const line = sequence(literal('\n'), repeat(literal(' '), 0, MOST_INDENT));
    return this.builder.add('blank', choice(NOTHING, literal(' '), line));
  }

  /** One character of a string, as it is or escaped. */
  get char(): Expression {
    const unit = choice(
      sequence(chars('09', 'ac', 'AC', 'ef', 'EF'), HEX, HEX, HEX),
      sequence(chars('d', 'D'), chars('07'), HEX, HEX),
    );
    const escape = choice(chars('"', '\\', '/', 'b', 'f', 'n', 'r', 't'), sequence(literal('u'), unit));
    return this.builder.add('char', choice(charsOf(PLAIN_CHARS), sequence(literal('\\'), escape)));
  }

  get string(): Expression {
    return this.builder.add('string', sequence(literal('"'), repeat(this.char, 0, Infinity), literal('"')));
  }

  /** At most 15 digits before the point and 15 after it. */
  get number(): Expression {
    const fraction = sequence(literal('.'), repeat(DIGIT, 1, 15));
    const exponent = sequence(chars('e', 'E'), optional(chars('-', '+')), repeat(DIGIT, 1, 2));
    return this.builder.add('number', sequence(optional(literal('-')), WHOLE, optional(fraction), optional(exponent)));
  }

  get boolean(): Expression {
    return choice(literal('true'), literal('false'));
  }

  /** An object with these entries, of which there are `min` to `max`. */
  mapOf(entry: Expression, min: number, max: number): Expression {
    return this.listOf({ open: '{', close: '}' }, entry, min, max);
  }

  arrayOf(item: Expression, min: number, max: number): Expression {
    return this.listOf({ open: '[', close: ']' }, item, min, max);
  }

  /** The name of an entry and what is between it and its value. */
  entry(name: Expression, value: Expression): Expression {
    return sequence(name, literal(':'), this.builder.add('gap', optional(literal(' '))), value);
  }

  get anyObject(): Expression {
    const value = this.anyValue;
    return this.builder.add('object', this.mapOf(this.entry(this.string, value), 0, Infinity));
  }

  get anyArray(): Expression {
    return this.builder.add('array', this.arrayOf(this.anyValue, 0, Infinity));
  }

  /** The rule is made once: it leads to itself. */
  get anyValue(): Expression {
    if (this.value === undefined) {
      const name = this.builder.reserve('value');
      this.value = rule(name);
      const scalar = [this.string, this.number, this.boolean, literal('null')];
      this.builder.define(name, choice(this.anyObject, this.anyArray, ...scalar));
    }
    return this.value;
  }

  private value: Expression | undefined;

  private listOf(signs: { open: string; close: string }, item: Expression, min: number, max: number): Expression {
    const { open, close } = signs;
    const next = this.builder.add('next', sequence(literal(','), this.blank, item));
    const some = sequence(item, repeat(next, Math.max(0, min - 1), max - 1), this.blank);
    const inside = max < 1 ? NOTHING : min > 0 ? some : optional(some);
    return sequence(literal(open), this.blank, inside, literal(close));
  }
}

const WHOLE = choice(literal('0'), sequence(chars('19'), repeat(DIGIT, 0, 14)));
