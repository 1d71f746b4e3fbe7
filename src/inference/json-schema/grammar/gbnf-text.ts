import type { CharRange, Expression } from './expression.js';

/** An expression as llama.cpp's GBNF words it. */
export function gbnfOf(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return `"${[...expression.text].map((char) => escaped(char.codePointAt(0) ?? 0)).join('')}"`;
    case 'chars':
      return `[${expression.ranges.map(rangeText).join('')}]`;
    case 'rule':
      return expression.name;
    case 'choice':
      return expression.options.map(gbnfOf).join(' | ');
    case 'sequence':
      return expression.parts.map(grouped).join(' ');
    case 'repeat':
      return grouped(expression.item) + times(expression.min, expression.max);
  }
}

function grouped(expression: Expression): string {
  const text = gbnfOf(expression);
  return ['choice', 'sequence', 'repeat'].includes(expression.kind) && !isPlainRepeat(expression) ? `(${text})` : text;
}

/** Several repetitions follow each other without parentheses; a repetition of a repetition needs them. */
function isPlainRepeat(expression: Expression): boolean {
  return expression.kind === 'repeat' && ['literal', 'chars', 'rule'].includes(expression.item.kind);
}

function times(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${String(min)},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${String(min)}}` : `{${String(min)},${String(max)}}`;
}

function rangeText([first, last]: CharRange): string {
  return first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`;
}

/** Letters and digits as they are; all else by its number, so that nothing is taken for GBNF's own signs. */
function escaped(code: number): string {
  const char = String.fromCodePoint(code);
  if (/[a-zA-Z0-9 _,.:;/<>=]/.test(char)) return char;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0').toUpperCase()}`;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0').toUpperCase()}`
    : `\\U${code.toString(16).padStart(8, '0').toUpperCase()}`;
}
