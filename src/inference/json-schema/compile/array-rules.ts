import type { JsonValue } from '../../json-value.js';
import { choice, isNever, literal, NEVER, repeat, sequence, type Expression } from '../grammar/expression.js';
import { MOST_REPEATS } from '../grammar/grammar-bounds.js';
import { below, refused, type Place } from '../schema-place.js';
import type { Compiling } from './compiling.js';
import type { Facts, Member } from './facts.js';
import { allowedValues } from './value-list.js';

/** Rules that tell how many of which values an array has. */
const MOST_STATES = 3000;

interface Counts {
  readonly min: number;
  readonly max: number;
}

/** Arrays: what stands at fixed places, then what may follow. */
export function arrayRule(facts: Facts, at: string, compiling: Compiling): Expression {
  const shape = shapeOf(facts, at, compiling);
  const { min, max } = countsOf(facts, at, compiling);
  if (min > max) {
    compiling.impossible(at, 'minItems is above maxItems, or contains asks for more');
    return NEVER;
  }
  const unique = facts.values('uniqueItems').some(({ value }) => value === true);
  if (unique && max > 1) return distinct(shape, { min, max }, at, compiling);
  if (shape.first.length === 0) {
    const body = compiling.json.arrayOf(compiling.compile(shape.rest), min, max);
    return isNever(body) ? NEVER : compiling.builder.add('array', body);
  }
  const rule = new TupleRules(shape, { min, max }, compiling);
  return sequence(literal('['), compiling.json.blank, rule.start());
}

interface ArrayShape {
  /** What is said of the first items, each in its place. */
  readonly first: readonly (readonly Place[])[];
  /** What is said of all that follow. */
  readonly rest: readonly Place[];
}

function shapeOf(facts: Facts, at: string, compiling: Compiling): ArrayShape {
  const contained = containedIn(facts);
  if (contained.length > 0) compiling.narrow(at, 'every item is taken to be one that contains asks for');
  const inner = facts.values('unevaluatedItems').filter(({ value }) => value !== true);
  const [unevaluated] = inner;
  if (unevaluated !== undefined) {
    throw refused(compiling.param, unevaluated.pointer, 'unevaluatedItems is not supported', 'Use items.');
  }
  const members = facts.members.map((member) => itemsOf(member, compiling));
  const length = Math.max(0, ...members.map(({ first }) => first.length));
  const first = Array.from({ length }, (_, index) => [
    ...members.flatMap((member) => member.first[index] ?? member.rest),
    ...contained,
  ]);
  return { first, rest: [...members.flatMap(({ rest }) => rest), ...contained] };
}

function itemsOf(member: Member, { check }: Compiling): { first: readonly Place[]; rest: readonly Place[] } {
  const { items } = member.schema;
  const fixed = check.dialect === 'draft-07' ? 'items' : 'prefixItems';
  const list = member.schema[fixed];
  if (Array.isArray(list)) {
    const following = check.dialect === 'draft-07' ? 'additionalItems' : 'items';
    const rest = member.schema[following] === undefined ? [] : [below(member, following)];
    return { first: list.map((_, index) => below(member, fixed, index)), rest };
  }
  return { first: [], rest: items === undefined ? [] : [below(member, 'items')] };
}

/** The schemas of `contains`, apart from those that need not be contained. */
function containedIn(facts: Facts): readonly Place[] {
  return facts.schemas('contains');
}

function countsOf(facts: Facts, at: string, { param, check, narrow }: Compiling): Counts {
  const contains = containedIn(facts).length > 0;
  const newer = contains && check.dialect === '2020-12';
  const least = newer && facts.numbers('minContains').length > 0 ? facts.most('minContains', 0) : contains ? 1 : 0;
  const min = Math.max(facts.most('minItems', 0), least);
  const max = Math.min(facts.least('maxItems', Infinity), newer ? facts.least('maxContains', Infinity) : Infinity);
  if (min > MOST_REPEATS) throw refused(param, at, `minItems is above ${String(MOST_REPEATS)}`, 'Lower it.');
  if (max !== Infinity && max > MOST_REPEATS) narrow(at, `at most ${String(MOST_REPEATS)} items`);
  return { min, max: max === Infinity ? max : Math.min(max, Math.max(min, MOST_REPEATS)) };
}

/** Arrays that begin with items of their own kinds. */
class TupleRules {
  constructor(
    private readonly shape: ArrayShape,
    private readonly counts: Counts,
    private readonly compiling: Compiling,
  ) {}

  /** All that follows the opening bracket. */
  start(): Expression {
    const end = this.counts.min === 0 ? literal(']') : NEVER;
    return this.compiling.builder.add('array', either(end, this.item(0)));
  }

  private item(index: number): Expression {
    if (index >= this.counts.max) return NEVER;
    const places = this.shape.first[index];
    if (places !== undefined) return sequence(this.compiling.compile(places), this.after(index + 1));
    return NEVER;
  }

  /** What follows `count` items. */
  private after(count: number): Expression {
    const { builder, json } = this.compiling;
    const end = sequence(json.blank, literal(']'));
    if (count < this.shape.first.length) {
      const more = sequence(literal(','), json.blank, this.item(count));
      return builder.add('after', either(count >= this.counts.min ? end : NEVER, more));
    }
    const rest = this.compiling.compile(this.shape.rest);
    const next = isNever(rest) ? NEVER : builder.add('next', sequence(literal(','), json.blank, rest));
    const { min, max } = this.counts;
    return sequence(repeat(next, Math.max(0, min - count), max - count), end);
  }
}

/** Items that are all different: only where they can be listed, and then in the list's order. */
function distinct(shape: ArrayShape, counts: Counts, at: string, compiling: Compiling): Expression {
  const values = shape.first.length > 0 ? undefined : listedValues(shape.rest, compiling);
  if (values === undefined || values.some((value) => typeof value === 'object' && value !== null)) {
    const remedy = 'Give items an enum of plain values, or leave uniqueItems out.';
    throw refused(compiling.param, at, 'uniqueItems cannot be held to', remedy);
  }
  compiling.narrow(at, 'different items come in the order in which the schema lists them');
  const texts = [...new Set(values.map((value) => JSON.stringify(value)))];
  if (texts.length * (Math.min(counts.max, texts.length) + 1) > MOST_STATES) {
    throw refused(compiling.param, at, 'uniqueItems over so many values is too large', 'Lower maxItems.');
  }
  return new DistinctRules(texts, counts, compiling).start();
}

/** Arrays of some of these texts, each at most once, in their order. */
class DistinctRules {
  private readonly known = new Map<string, Expression>();

  constructor(
    private readonly texts: readonly string[],
    private readonly counts: Counts,
    private readonly compiling: Compiling,
  ) {}

  start(): Expression {
    const { builder, json } = this.compiling;
    const empty = this.counts.min === 0 ? literal(']') : NEVER;
    return sequence(literal('['), json.blank, builder.add('array', either(empty, this.from(0, 0))));
  }

  /** One of the texts from `index` on, after `count` others. */
  private from(index: number, count: number): Expression {
    const text = this.texts[index];
    if (text === undefined || count >= this.counts.max) return NEVER;
    const key = `${String(index)} ${String(count)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const taken = sequence(literal(text), this.after(index + 1, count + 1));
    const made = this.compiling.builder.add('item', either(taken, this.from(index + 1, count)));
    this.known.set(key, made);
    return made;
  }

  private after(index: number, count: number): Expression {
    const { builder, json } = this.compiling;
    const end = count >= this.counts.min ? sequence(json.blank, literal(']')) : NEVER;
    return builder.add('after', either(end, sequence(literal(','), json.blank, this.from(index, count))));
  }
}

/** All values that are valid, where they are few. */
function listedValues(places: readonly Place[], compiling: Compiling): readonly JsonValue[] | undefined {
  const facts = compiling.facts(places);
  const allowed = allowedValues(facts, compiling);
  if (allowed !== undefined) return allowed;
  const [union] = facts.unions;
  if (union !== undefined) {
    const lists = union.branches.map((branch) => listedValues([branch], compiling));
    const values = lists.flatMap((list) => list ?? []);
    const valid = (value: JsonValue): boolean =>
      facts.members.every((each) => compiling.check.accepts(each.pointer, value));
    return lists.includes(undefined) ? undefined : values.filter(valid);
  }
  const { types } = facts;
  if ([...types].some((type) => type !== 'boolean' && type !== 'null')) return undefined;
  return [...(types.has('boolean') ? [false, true] : []), ...(types.has('null') ? [null] : [])];
}

function either(...options: readonly Expression[]): Expression {
  return choice(...options.filter((option) => !isNever(option)));
}
