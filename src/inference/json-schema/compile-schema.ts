import type { ParleyError } from '../errors.js';
import { isJsonObject, type JsonObject } from '../json-value.js';
import { choice, isNever, literal, NEVER, rule, type Expression } from './grammar/expression.js';
import type { GrammarBuilder } from './grammar/grammar-builder.js';
import { JsonGrammar } from './grammar/json-grammar.js';
import { arrayRule } from './compile/array-rules.js';
import type { Compiling, StringShape } from './compile/compiling.js';
import { isRefusedBy } from './compile/disjointness.js';
import { Facts, TYPES, type TypeName, type Union } from './compile/facts.js';
import { checkKeywords, forbidsAll, nameOf } from './compile/keywords.js';
import { numberRule } from './compile/number-rules.js';
import { objectRule } from './compile/object-rules.js';
import { stringRule } from './compile/string-rules.js';
import { allowedValues, oneOfTexts } from './compile/value-list.js';
import { parsePattern } from './patterns/pattern-parser.js';
import { TextMatcher } from './patterns/text-matcher.js';
import { UnsupportedPattern } from './patterns/unsupported-pattern.js';
import { SchemaCheck } from './schema-check.js';
import { isMadeUp, refused, type Place } from './schema-place.js';
import { WorkExceededError, type WorkBudget } from './work-budget.js';

const WITHOUT_MEANING = ['title', 'description', '$schema', '$defs', 'definitions'];

export interface CompiledSchema {
  /** Derives JSON texts, each valid by the schema. */
  readonly rule: Expression;
  /** How the schema was narrowed, a line each: `#/properties/a: additionalProperties taken as false`. */
  readonly narrowed: readonly string[];
}

/**
 * Adds the rules of a schema's values to a grammar. Every text that they derive is valid by the schema; not every valid
 * text is derived. Throws `invalid_request` naming `param` for what no grammar holds to, and for what has no value.
 */
export function compileSchema(schema: JsonObject, builder: GrammarBuilder, param: string): CompiledSchema {
  const check = SchemaCheck.of(schema, param);
  const compiler = new SchemaCompiler(check, builder, param);
  try {
    return compiler.whole({ pointer: '#', schema });
  } catch (error) {
    if (error instanceof UnsupportedPattern) throw refused(param, '#', `a pattern: ${error.message}`, 'Simplify it.');
    if (error instanceof WorkExceededError) throw tooCostly(param, compiler.at);
    throw error;
  }
}

function tooCostly(param: string, pointer: string): ParleyError {
  const remedy = 'Make it smaller, with fewer alternatives, $refs and counts.';
  return refused(param, pointer, 'compiling the schema takes too much work', remedy);
}

/** A value that is being compiled, with the name of its rule if something below leads back to it. */
interface Open {
  name?: string;
}

class SchemaCompiler implements Compiling {
  readonly json: JsonGrammar;
  private readonly narrowed = new Set<string>();
  private readonly reasons: string[] = [];
  private readonly done = new Map<string, Expression>();
  private readonly open = new Map<string, Open>();
  private readonly gathered = new Map<string, Facts>();
  private readonly matchers = new Map<string, TextMatcher>();
  readonly work: WorkBudget;
  readonly shapes = new Map<string, StringShape>();
  /** Pointer of the value that is being compiled. */
  at = '#';

  constructor(
    readonly check: SchemaCheck,
    readonly builder: GrammarBuilder,
    readonly param: string,
  ) {
    this.json = new JsonGrammar(builder);
    this.work = builder.work;
  }

  whole(root: Place): CompiledSchema {
    const made = this.compile([root]);
    if (!this.builder.canEnd(made)) {
      const [reason = '#: it always leads back to itself'] = this.reasons;
      throw refused(this.param, reason, 'no value satisfies the schema', 'Widen it.');
    }
    return { rule: made, narrowed: [...this.narrowed] };
  }

  compile(places: readonly Place[]): Expression {
    return this.within(places, new Set());
  }

  facts(places: readonly Place[]): Facts {
    const key = places.map(({ pointer }) => pointer).join(' ');
    this.work.spendOnText(key.length);
    const known = this.gathered.get(key) ?? new Facts(places, this.check.places, this.work);
    this.gathered.set(key, known);
    return known;
  }

  matches(pattern: string, text: string): boolean {
    const matcher = this.matchers.get(pattern) ?? new TextMatcher(parsePattern(pattern));
    this.matchers.set(pattern, matcher);
    this.work.spend(1 + (text.length * matcher.size) / 100);
    return matcher.matches(text);
  }

  narrow = (pointer: string, how: string): void => {
    if (!isMadeUp({ pointer })) this.narrowed.add(`${pointer}: ${how}`);
  };

  impossible = (pointer: string, why: string): void => {
    if (!isMadeUp({ pointer })) this.reasons.push(`${pointer}: ${why}`);
  };

  /** `chosen`: the alternatives, by their pointers, of which one branch is among the places. */
  private within(places: readonly Place[], chosen: ReadonlySet<string>): Expression {
    const facts = this.facts(places);
    const key = keyOf(facts, chosen);
    this.work.spendOnText(4 * key.length);
    const known = this.done.get(key);
    if (known !== undefined) return known;
    const open = this.open.get(key);
    if (open !== undefined) {
      open.name ??= this.builder.reserve(nameOf(places));
      return rule(open.name);
    }
    const mine: Open = {};
    this.open.set(key, mine);
    const outer = this.at;
    this.at = places.findLast((place) => !isMadeUp(place))?.pointer ?? outer;
    const body = this.body(facts, places, chosen);
    this.at = outer;
    this.open.delete(key);
    if (mine.name !== undefined) this.builder.define(mine.name, body);
    const made = mine.name === undefined ? this.builder.add(nameOf(places), body) : rule(mine.name);
    this.done.set(key, made);
    return made;
  }

  private body(facts: Facts, places: readonly Place[], chosen: ReadonlySet<string>): Expression {
    const at = pointerOf(places, facts);
    const forbidden = forbidsAll(facts);
    if (forbidden !== undefined) {
      this.impossible(forbidden, 'it forbids every value');
      return NEVER;
    }
    checkKeywords(facts, this);
    const values = allowedValues(facts, this);
    if (values !== undefined) {
      if (values.length === 0) this.impossible(at, 'none of the enumerated values is valid');
      return oneOfTexts(
        values.map((value) => JSON.stringify(value)),
        this.builder,
      );
    }
    const union = facts.unions.find(({ pointer }) => !chosen.has(pointer));
    if (union !== undefined) return this.union(union, places, new Set([...chosen, union.pointer]));
    return this.byType(facts, at);
  }

  private union(union: Union, places: readonly Place[], chosen: ReadonlySet<string>): Expression {
    const branches = union.branches.filter(({ schema }) => schema !== false);
    if (union.kind === 'oneOf') this.checkDisjoint(union.pointer, branches, places);
    const options = branches.map((branch) => this.within([...places, branch], chosen));
    return either(options);
  }

  private checkDisjoint(pointer: string, branches: readonly Place[], places: readonly Place[]): void {
    const alone = branches.map((branch) => this.facts([branch]));
    branches.forEach((branch, index) => {
      const made = this.facts([...places, branch]);
      alone.forEach((other, at) => {
        if (at === index || isRefusedBy(made, other, this)) return;
        const remedy = 'Use anyOf, or a required property with a constant in each branch.';
        throw refused(this.param, pointer, `branches ${String(index)} and ${String(at)} may both be valid`, remedy);
      });
    });
  }

  private byType(facts: Facts, at: string): Expression {
    const { types } = facts;
    if (types.size === TYPES.length && facts.members.every(({ schema }) => isOpen(schema))) return this.json.anyValue;
    if (!facts.typed && types.size < TYPES.length) this.narrow(at, `type taken as ${[...types].join(' or ')}`);
    if (types.size === 0) this.impossible(at, 'its types have none in common');
    const wanted = [...types].filter((type) => type !== 'integer' || !types.has('number'));
    return either(wanted.map((type) => this.ofType(type, facts, at)));
  }

  private ofType(type: TypeName, facts: Facts, at: string): Expression {
    switch (type) {
      case 'null':
        return literal('null');
      case 'boolean':
        return this.json.boolean;
      case 'integer':
      case 'number':
        return numberRule(facts, type === 'integer', at, this);
      case 'string':
        return stringRule(facts, at, this);
      case 'array':
        return arrayRule(facts, at, this);
      case 'object':
        return objectRule(facts, at, this);
    }
  }
}

/**
 * Names what a value is to be: all that constrains it, and the unions of which a branch is chosen. A schema that only
 * refers to others, or whose only union is chosen, constrains nothing by itself, so what two branches share is one value.
 */
function keyOf(facts: Facts, chosen: ReadonlySet<string>): string {
  const constraining = facts.members.filter(({ pointer, schema }) => !onlyRefers(schema, pointer, chosen));
  const unions = facts.unions.filter(({ pointer }) => chosen.has(pointer));
  const pointers = [constraining, unions].map((list) => list.map(({ pointer }) => pointer).sort());
  return [facts.impossible ?? '', ...(pointers[0] ?? []), '|', ...(pointers[1] ?? [])].join(' ');
}

/** Location reported for a value's narrowing: its own, or that of the definition it refers to. */
function pointerOf([first]: readonly Place[], { members }: Facts): string {
  if (first === undefined) return '#';
  if (!isJsonObject(first.schema) || first.schema.$ref === undefined) return first.pointer;
  const chosen = new Set<string>();
  if (!onlyRefers(first.schema, first.pointer, chosen)) return first.pointer;
  return members.find(({ schema, pointer }) => !onlyRefers(schema, pointer, chosen))?.pointer ?? first.pointer;
}

function onlyRefers(schema: JsonObject, pointer: string, chosen: ReadonlySet<string>): boolean {
  return Object.keys(schema).every((keyword) => {
    if (keyword === 'anyOf' || keyword === 'oneOf') return chosen.has(`${pointer}/${keyword}`);
    return keyword === '$ref' || keyword === 'allOf' || WITHOUT_MEANING.includes(keyword);
  });
}

function either(options: readonly Expression[]): Expression {
  const byText = new Map(options.filter((option) => !isNever(option)).map((each) => [JSON.stringify(each), each]));
  return choice(...byText.values());
}

function isOpen(schema: JsonObject): boolean {
  return Object.keys(schema).every((keyword) => WITHOUT_MEANING.includes(keyword));
}
