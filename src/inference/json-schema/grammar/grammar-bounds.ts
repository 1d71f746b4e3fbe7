import { ParleyError } from '../../errors.js';
import { NEVER, type Expression } from './expression.js';

/** llama.cpp takes more than 2000 repetitions for any number of them. */
export const MOST_REPEATS = 1000;

/** Of what llama.cpp unrolls a grammar into; more take noticeable time to parse and to copy. */
const MOST_ELEMENTS = 60_000;

/**
 * Ways on from one place. llama.cpp keeps a stack for each, copies them at every token and compares them with each other,
 * and tries each of them on every token of the vocabulary where the model's own choice does not fit.
 */
const MAX_WAYS = 600;

/** Times that a rule is looked at, on average, until it is known what follows each. */
const MAX_VISITS = 20;

/** Ranges of one class that take as long to try as a way. */
const RANGES_PER_WAY = 50;

/** Refuses what would make the native sampler slow, and throws an Error for what it cannot read at all. */
export function checkBounds(rules: ReadonlyMap<string, Expression>, param: string): void {
  let elements = 0;
  for (const body of rules.values()) elements += elementsOf(body) + 1;
  if (elements > MOST_ELEMENTS) {
    throw tooLarge('Lengths, counts and enums are together too large', 'Lower minLength, maxItems or the like', param);
  }
  const ways = new Ways(rules);
  if (ways.most() > MAX_WAYS) {
    throw tooLarge('Too many alternatives begin at one place', 'Nest fewer anyOf and oneOf', param);
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

/** Counts the ways from a place in a rule to the characters that may come next. */
class Ways {
  private readonly known = new Map<string, number>();
  private readonly open = new Set<string>();
  private readonly empty = new Map<string, boolean>();
  /** Ways on from the end of each rule, the most of all places that name it. */
  private readonly follow = new Map<string, number>();

  constructor(private readonly rules: ReadonlyMap<string, Expression>) {}

  private into(name: string): number {
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

  /** The most ways on from any place, with those that follow where what is left there may be empty. */
  most(): number {
    let most = 0;
    const open = [...this.rules.keys()];
    for (const name of open) {
      most = Math.max(
        most,
        this.into(name),
        this.within(this.rules.get(name) ?? NEVER, this.follow.get(name) ?? 0, open),
      );
      if (most > MAX_WAYS || open.length > MAX_VISITS * this.rules.size) return Infinity;
    }
    return most;
  }

  /** @param after Ways on from the expression's end. What follows a rule more than before is noted, and it is `open` again. */
  private within(expression: Expression, after: number, open: string[]): number {
    switch (expression.kind) {
      case 'choice':
        return expression.options.reduce((most, option) => Math.max(most, this.within(option, after, open)), 0);
      case 'repeat':
        return this.within(expression.item, this.of(expression) + after, open);
      case 'sequence': {
        let most = 0;
        expression.parts.reduceRight((next, part) => {
          const ways = this.of(part) + (this.mayBeEmpty(part) ? next : 0);
          most = Math.max(most, ways, this.within(part, next, open));
          return ways;
        }, after);
        return most;
      }
      case 'rule':
        if (after > (this.follow.get(expression.name) ?? 0)) {
          this.follow.set(expression.name, after);
          open.push(expression.name);
        }
        return 0;
      case 'literal':
      case 'chars':
        return after;
    }
  }

  private of(expression: Expression): number {
    switch (expression.kind) {
      case 'rule':
        return this.into(expression.name);
      case 'choice':
        return sum(expression.options.map((option) => this.of(option)));
      case 'repeat': {
        const { item, min, max } = expression;
        const copies = max === Infinity ? min + 1 : max; // each that may be empty leads to the next
        return 1 + this.of(item) * (this.mayBeEmpty(item) ? copies : 1);
      }
      case 'sequence': {
        let ways = 0;
        for (const part of expression.parts) {
          ways += this.of(part);
          if (!this.mayBeEmpty(part)) break;
        }
        return ways;
      }
      case 'literal':
        return 1;
      case 'chars':
        return 1 + Math.floor(expression.ranges.length / RANGES_PER_WAY);
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
