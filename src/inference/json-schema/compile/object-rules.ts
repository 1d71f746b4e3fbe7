import { choice, isNever, literal, NEVER, sequence, type Expression } from '../grammar/expression.js';
import { MOST_REPEATS } from '../grammar/grammar-bounds.js';
import { below, madeUp, refused, type Place } from '../schema-place.js';
import type { Compiling } from './compiling.js';
import { named, type Facts } from './facts.js';
import { propertiesOf, type Property } from './object-shape.js';

interface Counts {
  readonly min: number;
  readonly max: number;
}

/** Rules that tell how many of which properties an object has. */
const MOST_STATES = 3000;

/** Objects: with the properties that the schema names, in its order, or with any where it names none. */
export function objectRule(facts: Facts, at: string, compiling: Compiling): Expression {
  checkUnevaluated(facts, compiling);
  const counts = { min: facts.most('minProperties', 0), max: facts.least('maxProperties', Infinity) };
  const properties = propertiesOf(facts, at, compiling);
  const closed = facts.schemas('additionalProperties').some(({ schema }) => schema === false);
  if (properties.length === 0 && facts.schemas('properties').length === 0) return mapRule(facts, counts, at, compiling);
  if (!closed) compiling.narrow(at, 'additionalProperties taken as false');
  else if (facts.schemas('patternProperties').length > 0) compiling.narrow(at, 'only the properties that are named');
  return new PropertyRules(properties, counts, at, compiling).start();
}

function checkUnevaluated(facts: Facts, { param }: Compiling): void {
  for (const { schema, pointer } of facts.members) {
    if (schema.unevaluatedProperties === undefined || schema.unevaluatedProperties === true) continue;
    const applied = ['$ref', 'allOf', 'anyOf', 'oneOf', 'dependentSchemas'].some((key) => schema[key] !== undefined);
    if (!applied) continue;
    const remedy = 'Use additionalProperties, with all properties in one schema.';
    throw refused(param, pointer, 'unevaluatedProperties beside $ref, allOf, anyOf or oneOf is not supported', remedy);
  }
}

/** Objects with named properties, each there or not, in order. */
class PropertyRules {
  private readonly values = new Map<string, Expression>();
  private readonly known = new Map<string, Expression>();

  constructor(
    private readonly properties: readonly Property[],
    private readonly counts: Counts,
    private readonly at: string,
    private readonly compiling: Compiling,
  ) {
    for (const { name, places } of properties) this.values.set(name, compiling.compile(places));
  }

  start(): Expression {
    const { builder, json, param } = this.compiling;
    const counted = this.counts.max < this.properties.length ? this.counts.max : this.counts.min;
    if (this.properties.length * (Math.min(counted, this.properties.length) + 1) > MOST_STATES) {
      throw refused(param, this.at, 'too many properties are counted', 'Leave minProperties and maxProperties out.');
    }
    const end = this.counts.min === 0 && this.restIsOptional(0) ? literal('}') : NEVER;
    const inside = either(end, this.next(0, 0));
    if (isNever(inside)) this.compiling.impossible(this.at, 'its required properties or their count cannot be had');
    return builder.add('object', sequence(literal('{'), json.blank, inside));
  }

  /** The first of the properties from `index` on that is there, and all after it; `count` are there already. */
  private next(index: number, count: number): Expression {
    const property = this.properties[index];
    if (property === undefined || count >= this.counts.max) return NEVER;
    const key = `${String(index)} ${String(this.told(count))}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { json, builder } = this.compiling;
    const entry = json.entry(literal(JSON.stringify(property.name)), this.values.get(property.name) ?? NEVER);
    const taken = isNever(entry) ? NEVER : sequence(entry, this.after(index + 1, count + 1));
    const made = builder.add('entry', either(taken, property.required ? NEVER : this.next(index + 1, count)));
    this.known.set(key, made);
    return made;
  }

  private after(index: number, count: number): Expression {
    const { json, builder } = this.compiling;
    const mayEnd = count >= this.counts.min && this.restIsOptional(index);
    const end = mayEnd ? sequence(json.blank, literal('}')) : NEVER;
    return builder.add('after', either(end, sequence(literal(','), json.blank, this.next(index, count))));
  }

  /** What of a count still makes a difference. */
  private told(count: number): number {
    return this.counts.max < this.properties.length ? count : Math.min(count, this.counts.min);
  }

  private restIsOptional(index: number): boolean {
    return this.properties.slice(index).every(({ required }) => !required);
  }
}

/** Objects whose keys the schema does not name. */
function mapRule(facts: Facts, { min, max }: Counts, at: string, compiling: Compiling): Expression {
  const { json, param, builder } = compiling;
  const patterns = facts.members.flatMap((member) => named(member, 'patternProperties'));
  const [pattern, second] = patterns;
  if (second !== undefined) {
    throw refused(param, at, 'several patternProperties cannot be held to', 'Name the properties instead.');
  }
  if (min > 1) throw refused(param, at, 'minProperties needs named properties', 'List them in properties.');
  const most = max === Infinity ? max : Math.min(max, MOST_REPEATS);
  if (most < max) compiling.narrow(at, `at most ${String(MOST_REPEATS)} properties`);
  const others = [...facts.schemas('additionalProperties'), ...facts.schemas('unevaluatedProperties')];
  const open = !others.some(({ schema }) => schema === false);
  if (pattern !== undefined && open) compiling.narrow(at, 'only properties whose names match patternProperties');
  const values = pattern === undefined ? others : [pattern, ...foreign(facts, pattern)];
  const names = nameRule(facts, pattern?.name, compiling);
  const value = isNever(names) ? NEVER : compiling.compile(values);
  const entry = isNever(value) ? NEVER : builder.add('entry', json.entry(names, value));
  const body = json.mapOf(entry, min, most);
  return isNever(body) ? NEVER : builder.add('object', body);
}

/** What schemas without the pattern say of the properties that it is about. */
function foreign(facts: Facts, pattern: Place): readonly Place[] {
  return facts.members
    .filter((member) => !pattern.pointer.startsWith(`${member.pointer}/patternProperties/`))
    .flatMap((member) =>
      ['additionalProperties', 'unevaluatedProperties']
        .filter((keyword) => member.schema[keyword] !== undefined)
        .map((keyword) => below(member, keyword)),
    );
}

/** The texts that may be keys, quotes included. */
function nameRule(facts: Facts, pattern: string | undefined, compiling: Compiling): Expression {
  const places = [...facts.schemas('propertyNames')];
  if (places.length === 0 && pattern === undefined) return compiling.json.string;
  places.push(madeUp({ type: 'string', ...(pattern !== undefined && { pattern }) }));
  return compiling.compile(places);
}

function either(...options: readonly Expression[]): Expression {
  return choice(...options.filter((option) => !isNever(option)));
}
