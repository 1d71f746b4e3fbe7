import type { Expression } from '../grammar/expression.js';
import type { GrammarBuilder } from '../grammar/grammar-builder.js';
import type { JsonGrammar } from '../grammar/json-grammar.js';
import type { SchemaCheck } from '../schema-check.js';
import type { Place } from '../schema-place.js';
import type { WorkBudget } from '../work-budget.js';
import type { Facts } from './facts.js';

/** The texts of a pattern, as they stand in JSON. */
export interface StringShape {
  readonly body: Expression;
  /** The counts of the pattern are narrowed so that a length holds. */
  readonly narrowed: boolean;
}

/** What the rules of each type need of the compiler. */
export interface Compiling {
  readonly builder: GrammarBuilder;
  readonly json: JsonGrammar;
  readonly check: SchemaCheck;
  readonly param: string;
  /** The values that are valid by all these schemas. NEVER where there are none. */
  compile(places: readonly Place[]): Expression;
  facts(places: readonly Place[]): Facts;
  readonly work: WorkBudget;
  /** Strings of a pattern, by pattern and lengths. */
  readonly shapes: Map<string, StringShape>;
  /** Returns true when a text matches a pattern. */
  matches(pattern: string, text: string): boolean;
  /** Tells the client how its schema was narrowed. */
  readonly narrow: (pointer: string, how: string) => void;
  /** Notes why a part has no value: the reason, if in the end the whole has none. */
  readonly impossible: (pointer: string, why: string) => void;
}
