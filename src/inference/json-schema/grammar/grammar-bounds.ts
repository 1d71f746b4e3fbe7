import { ParleyError } from '../../errors.js';
import type { Expression } from './expression.js';

/** llama.cpp takes more than 2000 repetitions for any number of them. */
export const MOST_REPEATS = 1000;

/** Of what llama.cpp unrolls a grammar into; more take noticeable time to parse and to copy. */
const MOST_ELEMENTS = 60_000;

/** Ways into one rule. llama.cpp follows each of them at every token, and without memory when it looks for loops. */
const MOST_WAYS = 3000;

/** Refuses what would make the native sampler slow, and throws an Error for what it cannot read at all. */
export function checkBounds(rules: ReadonlyMap<string, Expression>, param: string): void {
  let elements = 0;
  for (const body of rules.values()) elements += elementsOf(body) + 1;
  if (elements > MOST_ELEMENTS) {
    throw tooLarge('Lengths, counts and enums are together too large', 'Lower minLength, maxItems or the like', param);
  }
  const ways = new Ways(rules);
  for (const name of rules.keys()) {
    if (ways.into(name) > MOST_WAYS) {
      throw tooLarge('Too many alternatives begin at one place', 'Nest fewer anyOf and oneOf', param);
    }
  }
}

function tooLarge(what: string, remedy: string, param: string): ParleyError {
  return new ParleyError('invalid_request', `${what} for constrained output. ${remedy}.`, { param });
}

function elementsOf(expression: Expression): number {
  switch (expression.kind) {
    case 'literal':
      return expression.text.length;
    case 'chars':
      return 2 * expression.ranges.length;
    case 'rule':
      return 1;
    case 'sequence':
      return sum(expression.parts.map(elementsOf));
    case 'choice':
      return sum(expression.options.map(elementsOf)) + expression.options.length;
    case 'repeat': {
      const copies = expression.max === Infinity ? expression.min + 1 : expression.max;
      return copies * (elementsOf(expression.item) + 2);
    }
  }
}

/** Counts the ways from a rule to the first characters it may derive. */
class Ways {
  private readonly known = new Map<string, number>();
  private readonly open = new Set<string>();
  private readonly empty = new Map<string, boolean>();

  constructor(private readonly rules: ReadonlyMap<string, Expression>) {}

  into(name: string): number {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const body = this.rules.get(name);
    if (body === undefined || this.open.has(name)) throw new Error(`the grammar's rule ${name} is not sound`);
    this.open.add(name);
    const ways = 1 + this.of(body);
    this.open.delete(name);
    this.known.set(name, ways);
    return ways;
  }

  private of(expression: Expression): number {
    switch (expression.kind) {
      case 'rule':
        return this.into(expression.name);
      case 'choice':
        return sum(expression.options.map((option) => this.of(option)));
      case 'repeat':
        return 1 + this.of(expression.item);
      case 'sequence': {
        let ways = 0;
        for (const part of expression.parts) {
          ways += this.of(part);
          if (!this.mayBeEmpty(part)) break;
        }
        return ways;
      }
      case 'literal':
      case 'chars':
        return 1;
    }
  }

  private mayBeEmpty(expression: Expression): boolean {
    switch (expression.kind) {
      case 'literal':
        return expression.text === '';
      case 'chars':
        return false;
      case 'choice':
        return expression.options.some((option) => this.mayBeEmpty(option));
      case 'repeat':
        return expression.min === 0 || this.mayBeEmpty(expression.item);
      case 'sequence':
        return expression.parts.every((part) => this.mayBeEmpty(part));
      case 'rule': {
        const known = this.empty.get(expression.name);
        if (known !== undefined) return known;
        this.empty.set(expression.name, false); // a way through the rule itself adds nothing
        const body = this.rules.get(expression.name);
        const may = body !== undefined && this.mayBeEmpty(body);
        this.empty.set(expression.name, may);
        return may;
      }
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
