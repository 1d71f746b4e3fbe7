import { canonicalJson } from '../canonical-json.js';
import type { Place } from '../schema-place.js';
import type { Compiling } from './compiling.js';
import { named, namedOne, type Facts, type TypeName } from './facts.js';
import { allowedValues, hasType } from './value-list.js';

/** How deep properties are looked into for a difference. */
const DEEPEST = 4;

/**
 * Whether nothing that is generated for one schema is valid by the other: they have no type in common, no enumerated
 * value, no number, or differ in a property that must be there. `made` is what is generated, `other` what must refuse it.
 */
export function isRefusedBy(made: Facts, other: Facts, compiling: Compiling, depth = 0): boolean {
  compiling.work.spend(2);
  if (other.impossible !== undefined || made.impossible !== undefined) return true;
  const values = allowedValues(made, compiling);
  const others = allowedValues(other, compiling);
  if (values !== undefined) {
    if (others === undefined) return values.every((value) => !hasType(value, statedTypes(other)));
    const texts = new Set(others.map(canonicalJson));
    compiling.work.spend(values.length + others.length);
    return values.every((value) => !texts.has(canonicalJson(value)));
  }
  if (others?.every((value) => !hasType(value, made.types)) === true) return true;
  const common = [...made.types].filter((type) => overlaps(type, statedTypes(other)));
  return common.every((type) => {
    if (type === 'integer' || type === 'number') return rangesDiffer(made, other);
    return type === 'object' && depth < DEEPEST && objectsDiffer(made, other, compiling, depth);
  });
}

/** Types that a schema names; without any it is taken to allow all, even if its keywords speak of one alone. */
function statedTypes(facts: Facts): ReadonlySet<TypeName> {
  return facts.typed ? facts.types : new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);
}

function overlaps(type: TypeName, types: ReadonlySet<TypeName>): boolean {
  return types.has(type) || (type === 'integer' && types.has('number')) || (type === 'number' && types.has('integer'));
}

function rangesDiffer(a: Facts, b: Facts): boolean {
  const [low, high] = [a, b].map((facts) => [
    Math.max(facts.most('minimum', -Infinity), facts.most('exclusiveMinimum', -Infinity)),
    Math.min(facts.least('maximum', Infinity), facts.least('exclusiveMaximum', Infinity)),
  ]);
  const [aMin = 0, aMax = 0, bMin = 0, bMax = 0] = [...(low ?? []), ...(high ?? [])];
  return aMax < bMin || bMax < aMin;
}

/** The other one requires what is never generated, or both require a property whose values differ. */
function objectsDiffer(made: Facts, other: Facts, compiling: Compiling, depth: number): boolean {
  const keys = namesIn(made, 'properties');
  const present = requiredIn(made);
  const generated = new Set([...keys, ...present]);
  const more = ['dependentRequired', 'dependencies'].some((keyword) => made.values(keyword).length > 0);
  const bounded = keys.size > 0 && made.unions.length === 0 && !more; // only then nothing but the named keys is generated
  return (
    [...requiredIn(other)].some((name) => {
      if (bounded && !generated.has(name)) return true;
      if (!present.has(name)) return false;
      return isRefusedBy(
        compiling.facts(valuesOf(made, name)),
        compiling.facts(valuesOf(other, name)),
        compiling,
        depth + 1,
      );
    }) || [...present].some((name) => valuesOf(other, name).some(({ schema }) => schema === false))
  );
}

function valuesOf(facts: Facts, name: string): readonly Place[] {
  return facts.members.flatMap((member): readonly Place[] => {
    const own = namedOne(member, 'properties', name);
    const closed = member.schema.additionalProperties === false && member.schema.patternProperties === undefined;
    return own.length === 0 && closed ? [{ pointer: `${member.pointer}/additionalProperties`, schema: false }] : own;
  });
}

function namesIn(facts: Facts, keyword: string): ReadonlySet<string> {
  return new Set(facts.members.flatMap((member) => named(member, keyword).map(({ name }) => name)));
}

function requiredIn(facts: Facts): ReadonlySet<string> {
  const names = facts
    .values('required')
    .flatMap(({ value }): readonly unknown[] => (Array.isArray(value) ? value : []));
  return new Set(names.filter((name): name is string => typeof name === 'string'));
}
