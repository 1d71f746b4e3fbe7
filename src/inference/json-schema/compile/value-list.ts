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
  facts.allowed ??= allowedOf(values, facts, compiling);
  return facts.allowed;
}

function allowedOf(values: readonly JsonValue[], facts: Facts, compiling: Compiling): readonly JsonValue[] {
  compiling.work.spend(values.length * (1 + facts.members.length));
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
  const byFirst = new Map<string, Set<string>>();
  for (const text of texts) {
    const first = firstChar(text);
    const group = byFirst.get(first) ?? new Set();
    byFirst.set(first, group.add(text));
  }
  const options = [...byFirst].map(([first, group]) => {
    if (first === '') return NOTHING;
    builder.work.spend(group.size / 2);
    const shared = commonBeginning([...group]);
    builder.work.spendOnText(shared.length * group.size);
    const rest = oneOfTexts(
      [...group].map((text) => text.slice(shared.length)),
      builder,
    );
    return sequence(literal(shared), rest.kind === 'literal' ? rest : builder.add('rest', rest));
  });
  return choice(...options);
}

function firstChar(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function commonBeginning(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) {
    let same = 0;
    while (same < length && text[same] === first[same]) same += 1;
    length = same;
  }
  const last = first.charCodeAt(length - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return first.slice(0, splitsPair ? length - 1 : length);
}
