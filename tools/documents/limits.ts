import type { DocumentedParameter, Schema } from './documented.js';

/** Bounds of this size stand for none: they keep whole numbers exact. */
const BOUNDLESS = Number.MAX_SAFE_INTEGER;

/** The limits that a schema sets, in words, as in `0 to 2` and `default 1`. */
export function limitsOf({ schema, required }: DocumentedParameter): readonly string[] {
  const words = [
    required ? 'required' : '',
    rangeOf(schema),
    schema.enum === undefined || schema.enum.length === 1 ? '' : schema.enum.map((value) => code(value)).join(', '),
    schema.maxLength === undefined ? '' : `at most ${String(schema.maxLength)} characters`,
    schema.maxItems === undefined ? '' : `at most ${String(schema.maxItems)}`,
    schema.default === undefined ? '' : `default ${code(schema.default)}`,
  ];
  return words.filter((word) => word !== '');
}

function rangeOf({ minimum, maximum }: Schema): string {
  const least = minimum === undefined || minimum <= -BOUNDLESS ? null : minimum;
  const most = maximum === undefined || maximum >= BOUNDLESS ? null : maximum;
  if (least !== null && most !== null) return `${shown(least)} to ${shown(most)}`;
  if (least !== null) return `at least ${shown(least)}`;
  return most === null ? '' : `at most ${shown(most)}`;
}

/** With the sign that stands before numbers in print. */
function shown(value: number): string {
  return value < 0 ? `−${String(-value)}` : String(value);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Values just outside a parameter's range, of which each must be refused; none where it has no range. */
export function outside({ schema }: DocumentedParameter): readonly (number | string)[] {
  const { minimum, maximum, minLength = 0, maxLength } = schema;
  return [
    ...(minimum === undefined ? [] : below(minimum)),
    ...(maximum === undefined ? [] : below(-maximum).map((value) => -value)),
    ...(schema.enum === undefined ? [] : ['no-such-value']),
    ...(minLength === 0 ? [] : ['']),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
  ];
}

/** By one, which whole numbers know, and by less, which the others do. */
function below(bound: number): readonly number[] {
  return bound <= -BOUNDLESS ? [bound - 1] : [bound - 1, bound - 0.001];
}
