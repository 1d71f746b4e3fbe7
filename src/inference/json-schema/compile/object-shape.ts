import { isJsonObject, type JsonValue } from '../../json-value.js';
import { below, madeUp, refused, type Place } from '../schema-place.js';
import type { Compiling } from './compiling.js';
import { named, namedOne, type Facts, type Member } from './facts.js';

/** A key of an object, and all that is said of its value. */
export interface Property {
  readonly name: string;
  readonly required: boolean;
  readonly places: readonly Place[];
}

/** The keys that a schema names, in its order. Those that it names and forbids are left out unless they are required. */
export function propertiesOf(facts: Facts, at: string, compiling: Compiling): readonly Property[] {
  const names = new Set(declaredNames(facts));
  const required = requiredNames(facts, at, compiling);
  for (const name of required) names.add(name);
  if (names.size === 0) for (const name of enumeratedNames(facts, compiling)) names.add(name);
  if (names.has('__proto__')) {
    throw refused(compiling.param, at, 'a property cannot be called __proto__', 'Call it something else.');
  }
  const nameSchemas = facts.schemas('propertyNames');
  return [...names].flatMap((name) => {
    const places = facts.members.flatMap((member) => placesOf(member, name, compiling));
    compiling.work.spend(5 * nameSchemas.length);
    const allowed = nameSchemas.every(({ pointer }) => compiling.check.accepts(pointer, name));
    const forbidden = !allowed || places.some(({ schema }) => schema === false);
    const always = required.has(name);
    return forbidden && !always ? [] : [{ name, required: always, places: forbidden ? [FORBIDDEN] : places }];
  });
}

const FORBIDDEN = madeUp(false);

/** What one schema says of a key's value. */
function placesOf(member: Member, name: string, compiling: Compiling): readonly Place[] {
  const places = [...namedOne(member, 'properties', name)];
  compiling.work.spend(1);
  for (const pattern of named(member, 'patternProperties')) {
    if (compiling.matches(pattern.name, name)) places.push(pattern);
  }
  if (places.length > 0) return places;
  const { additionalProperties, unevaluatedProperties } = member.schema;
  if (additionalProperties !== undefined) return [below(member, 'additionalProperties')];
  return unevaluatedProperties === undefined ? [] : [below(member, 'unevaluatedProperties')];
}

/** Keys that must be there. What depends on a key is asked for whether that key is there or not. */
function requiredNames(facts: Facts, at: string, { narrow }: Compiling): Set<string> {
  const required = new Set(facts.values('required').flatMap(({ value }) => textsIn(value)));
  const declared = declaredNames(facts);
  for (const [key, list] of dependents(facts)) {
    if (declared.size > 0 && !declared.has(key) && !required.has(key)) continue; // it is never there
    const missing = list.filter((name) => !required.has(name));
    for (const name of missing) required.add(name);
    if (missing.length > 0) narrow(at, `${missing.join(', ')} taken as required, since ${key} depends on it`);
  }
  for (const name of declared) {
    if (!(name in Object.prototype) || required.has(name)) continue;
    required.add(name); // a validator in JavaScript finds it in every object
    narrow(at, `${name} taken as required`);
  }
  return required;
}

function declaredNames(facts: Facts): ReadonlySet<string> {
  return new Set(facts.members.flatMap((member) => named(member, 'properties').map(({ name }) => name)));
}

/** Keys with those that must be there if they are. */
function dependents(facts: Facts): readonly (readonly [string, readonly string[]])[] {
  return ['dependentRequired', 'dependencies'].flatMap((keyword) =>
    facts
      .values(keyword)
      .flatMap(({ value }) => (isJsonObject(value) ? Object.entries(value) : []))
      .map(([key, list]) => [key, textsIn(list)] as const),
  );
}

function enumeratedNames(facts: Facts, compiling: Compiling): readonly string[] {
  const [first] = facts.schemas('propertyNames');
  const values = first === undefined ? [] : (compiling.facts([first]).enumerated ?? []);
  return values.filter((value) => typeof value === 'string');
}

function textsIn(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
