/** Code points from the first to the last, both included. */
export type CharRange = readonly [first: number, last: number];

/** What a grammar's rule may derive. */
export type Expression =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'chars'; readonly ranges: readonly CharRange[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  /** Without options it derives nothing at all. */
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  /** `max` may be Infinity. */
  | { readonly kind: 'repeat'; readonly item: Expression; readonly min: number; readonly max: number }
  | { readonly kind: 'rule'; readonly name: string };

/** The empty text. */
export const NOTHING: Expression = { kind: 'literal', text: '' };

/** No text, not even the empty one. */
export const NEVER: Expression = { kind: 'choice', options: [] };

export function isNever(expression: Expression): boolean {
  return expression.kind === 'choice' && expression.options.length === 0;
}

export function isNothing(expression: Expression): boolean {
  return expression.kind === 'literal' && expression.text === '';
}

export function literal(text: string): Expression {
  return { kind: 'literal', text };
}

/** One character out of ranges, as `chars('az', '09', '_')`. */
export function chars(...ranges: readonly string[]): Expression {
  return charsOf(
    ranges.map((range) => {
      const [first = '', last = first] = range;
      return [codePoint(first), codePoint(last)] as const;
    }),
  );
}

export function charsOf(ranges: readonly CharRange[]): Expression {
  return ranges.length === 0 ? NEVER : { kind: 'chars', ranges };
}

export function rule(name: string): Expression {
  return { kind: 'rule', name };
}

export function sequence(...parts: readonly Expression[]): Expression {
  if (parts.some(isNever)) return NEVER;
  const flat: Expression[] = [];
  for (const part of parts.flatMap((each) => (each.kind === 'sequence' ? each.parts : [each]))) {
    const last = flat.at(-1);
    if (isNothing(part)) continue;
    if (part.kind === 'literal' && last?.kind === 'literal') flat[flat.length - 1] = literal(last.text + part.text);
    else flat.push(part);
  }
  const [only] = flat;
  if (only === undefined) return NOTHING;
  return flat.length === 1 ? only : { kind: 'sequence', parts: flat };
}

export function choice(...options: readonly Expression[]): Expression {
  const flat = options.flatMap((each) => (each.kind === 'choice' ? each.options : [each]));
  const [only] = flat;
  return only !== undefined && flat.length === 1 ? only : { kind: 'choice', options: flat };
}

export function repeat(item: Expression, min: number, max: number): Expression {
  if (min > max || (isNever(item) && min > 0)) return NEVER;
  if (max === 0 || isNever(item) || isNothing(item)) return NOTHING;
  return min === 1 && max === 1 ? item : { kind: 'repeat', item, min, max };
}

export function optional(item: Expression): Expression {
  return repeat(item, 0, 1);
}

function codePoint(char: string): number {
  return char.codePointAt(0) ?? 0;
}
