import {
  charsOf,
  choice,
  isNever,
  literal,
  NEVER,
  repeat,
  sequence,
  type CharRange,
  type Expression,
} from '../grammar/expression.js';
import { MOST_REPEATS } from '../grammar/grammar-bounds.js';
import { PLAIN_CHARS } from '../grammar/json-grammar.js';
import { ANY, holds, intersection } from '../patterns/char-set.js';
import { fitted, lengthsOf } from '../patterns/fitting.js';
import { parsePattern } from '../patterns/pattern-parser.js';
import { refused } from '../schema-place.js';
import type { Compiling, StringShape } from './compiling.js';
import type { Facts } from './facts.js';
import { OPEN_FORMATS, STRING_FORMATS } from './formats.js';

/** Longer strings are counted in blocks of this many characters. */
const BLOCK = 100;
const LONGEST = BLOCK * MOST_REPEATS;

/** Strings, between their quotes. */
export function stringRule(facts: Facts, at: string, compiling: Compiling): Expression {
  const min = Math.ceil(facts.most('minLength', 0));
  const max = Math.floor(facts.least('maxLength', Infinity));
  if (min > max) {
    compiling.impossible(at, 'minLength is above maxLength');
    return NEVER;
  }
  const pattern = patternOf(facts, compiling);
  const body =
    pattern === null ? anyOfLength({ min, max }, at, compiling) : shaped(pattern, { min, max }, at, compiling);
  if (isNever(body)) return NEVER;
  return compiling.builder.add('string', sequence(literal('"'), body, literal('"')));
}

/** The pattern, or that of the format; null where there is none. */
function patternOf(facts: Facts, { param }: Compiling): string | null {
  const patterns = new Map(
    facts.values('pattern').flatMap(({ value, pointer }) => (typeof value === 'string' ? [[value, pointer]] : [])),
  );
  for (const { value, pointer } of facts.values('format')) {
    if (typeof value !== 'string' || OPEN_FORMATS.has(value) || value === 'int32') continue;
    const pattern = Object.hasOwn(STRING_FORMATS, value) ? STRING_FORMATS[value] : undefined;
    if (pattern === undefined) {
      const formats = Object.keys(STRING_FORMATS).join(', ');
      throw refused(param, pointer, `the format is not supported`, `Use one of ${formats}, or a pattern.`);
    }
    patterns.set(`^(${pattern})$`, pointer);
  }
  const [first, second] = patterns;
  if (second !== undefined) throw refused(param, second[1], 'only one pattern or format can be held to', 'Choose one.');
  return first?.[0] ?? null;
}

function shaped(pattern: string, lengths: { min: number; max: number }, at: string, compiling: Compiling): Expression {
  const key = `${String(lengths.min)} ${String(lengths.max)} ${pattern}`;
  const shape = compiling.shapes.get(key) ?? shapeOf(pattern, lengths, compiling);
  compiling.shapes.set(key, shape);
  if (isNever(shape.body))
    compiling.impossible(at, 'no text is found that has both the pattern or format and the length');
  else if (shape.narrowed) {
    compiling.narrow(at, 'the counts of the pattern or format are narrowed so that the length holds');
  }
  return shape.body;
}

function shapeOf(pattern: string, lengths: { min: number; max: number }, compiling: Compiling): StringShape {
  compiling.work.spend(100 + pattern.length);
  const shape = parsePattern(pattern);
  const own = lengthsOf(shape);
  const body = inJson(withoutHugeCounts(fitted(shape, lengths)), compiling);
  return { body, narrowed: own.min < lengths.min || own.max > lengths.max };
}

/** A repetition is at most as long as llama.cpp takes. */
function withoutHugeCounts(expression: Expression): Expression {
  switch (expression.kind) {
    case 'sequence':
      return sequence(...expression.parts.map(withoutHugeCounts));
    case 'choice':
      return choice(...expression.options.map(withoutHugeCounts).filter((option) => !isNever(option)));
    case 'repeat': {
      const { item, min, max } = expression;
      return repeat(withoutHugeCounts(item), min, max === Infinity ? max : Math.min(max, MOST_REPEATS));
    }
    case 'literal':
    case 'chars':
    case 'rule':
      return expression;
  }
}

/** A pattern's texts as they stand between the quotes of JSON. */
function inJson(expression: Expression, compiling: Compiling): Expression {
  switch (expression.kind) {
    case 'chars':
      return charsInJson(expression.ranges, compiling);
    case 'sequence':
      return sequence(...expression.parts.map((part) => inJson(part, compiling)));
    case 'choice':
      return choice(...expression.options.map((option) => inJson(option, compiling)).filter((each) => !isNever(each)));
    case 'repeat': {
      const { item, min, max } = expression;
      return min > MOST_REPEATS ? NEVER : repeat(inJson(item, compiling), min, max);
    }
    case 'literal':
    case 'rule':
      return expression; // a pattern has neither literals nor rules
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};

function charsInJson(ranges: readonly CharRange[], { json, builder }: Compiling): Expression {
  if (ranges === ANY) return json.char;
  const plain = charsOf(intersection(ranges, PLAIN_CHARS));
  const escaped = Object.keys(ESCAPES).filter((char) => holds(ranges, char.charCodeAt(0)));
  if (escaped.length === 0) return plain;
  const signs = charsOf(escaped.map((char) => (ESCAPES[char] ?? '').charCodeAt(0)).map((code) => [code, code]));
  const escape = sequence(literal('\\'), signs);
  return isNever(plain) ? escape : builder.add('char', choice(plain, escape));
}

function anyOfLength({ min, max }: { min: number; max: number }, at: string, compiling: Compiling): Expression {
  const { builder, json, param } = compiling;
  if (min > MOST_REPEATS) throw refused(param, at, `minLength is above ${String(MOST_REPEATS)}`, 'Lower it.');
  if (max !== Infinity && max - min > LONGEST) compiling.narrow(at, `at most ${String(LONGEST + min)} characters`);
  const more = Math.min(max - min, LONGEST);
  const start = repeat(json.char, min, min);
  if (max === Infinity) return sequence(start, repeat(json.char, 0, Infinity));
  if (more <= 2 * BLOCK) return sequence(start, repeat(json.char, 0, more));
  const block = builder.add('block', repeat(json.char, BLOCK, BLOCK));
  const blocks = Math.floor(more / BLOCK);
  return sequence(start, repeat(block, 0, blocks - 1), repeat(json.char, 0, more - (blocks - 1) * BLOCK));
}
