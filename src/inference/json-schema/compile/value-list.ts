import type { JsonValue } from '../../json-value.js';
import { choice, literal, NOTHING, sequence, type Expression } from '../grammar/expression.js';
import type { GrammarBuilder } from '../grammar/grammar-builder.js';
import { isMadeUp } from '../schema-place.js';
import type { Compiling } from './compiling.js';
import type { Facts, TypeName } from './facts.js';

/** The enumerated values that all else which is said of them allows; undefined where no values are enumerated. */
export function allowedValues(facts: Facts, compiling: Compiling): readonly JsonValue[] | undefined {
  const values = facts.enumerated;
  if (values === undefined) return undefined;
  const judges = facts.members.filter((member) => !isMadeUp(member));
  const allowed = values.filter(
    (value) =>
      isFinite(value) &&
      hasType(value, facts.types) &&
      judges.every(({ pointer }) => compiling.check.accepts(pointer, value)),
  );
  return [...new Map(allowed.map((value) => [JSON.stringify(value), value])).values()];
}

/** Infinity comes from numbers such as 1e999 and has no JSON. */
function isFinite(value: JsonValue): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}

export function hasType(value: JsonValue, types: ReadonlySet<TypeName>): boolean {
  if (value === null) return types.has('null');
  if (Array.isArray(value)) return types.has('array');
  if (typeof value === 'number') return types.has('number') || (types.has('integer') && Number.isInteger(value));
  return types.has(typeof value as TypeName); // what is left of JSON: boolean, string, object
}

/** These texts and no others. Common beginnings are shared, so that few ways are open at a time. */
export function oneOfTexts(texts: readonly string[], builder: GrammarBuilder): Expression {
  const byFirst = new Map<string, string[]>();
  for (const text of new Set(texts)) {
    const [first = ''] = text;
    byFirst.set(first, [...(byFirst.get(first) ?? []), text]);
  }
  const options = [...byFirst].map(([first, group]) => {
    if (first === '') return NOTHING;
    const shared = commonBeginning(group);
    const rest = oneOfTexts(
      group.map((text) => text.slice(shared.length)),
      builder,
    );
    return sequence(literal(shared), rest.kind === 'literal' ? rest : builder.add('rest', rest));
  });
  return choice(...options);
}

function commonBeginning(texts: readonly string[]): string {
  let shared = [...(texts[0] ?? '')];
  for (const text of texts) {
    const chars = [...text];
    const differs = shared.findIndex((char, index) => chars[index] !== char);
    if (differs >= 0) shared = shared.slice(0, differs);
  }
  return shared.join('');
}
