import { choice, isNever, NEVER, repeat, rule, sequence, type Expression } from './expression.js';
import { gbnfOf } from './gbnf-text.js';
import { WorkBudget } from '../work-budget.js';
import { checkBounds, MOST_REPEATS } from './grammar-bounds.js';

/**
 * The named rules of one grammar. Several schemas, and what is put around them, share one builder. Rules of the same
 * body are one rule.
 */
export class GrammarBuilder {
  private readonly bodies = new Map<string, Expression>();
  private readonly byText = new Map<string, string>();
  private readonly taken = new Set<string>(['root']);
  /** The last number given to each name. */
  private readonly counts = new Map<string, number>();

  private readonly productive = new Set<string>();
  /** Rules whose body came since it was last found out which are productive. */
  private readonly unsettled: string[] = [];
  /** The rules that name each rule. */
  private readonly users = new Map<string, string[]>();

  constructor(readonly work = new WorkBudget()) {}

  get rules(): ReadonlyMap<string, Expression> {
    return this.bodies;
  }

  /** A rule of that body, by a name like the wanted one. A body that derives nothing stays as it is. */
  add(name: string, body: Expression): Expression {
    if (isNever(body)) return NEVER;
    if (body.kind === 'rule') return body;
    const hoisted = this.hoist(body);
    const text = gbnfOf(hoisted);
    this.work.spend(2 + text.length / 10);
    const known = this.byText.get(text);
    if (known !== undefined) return rule(known);
    const free = this.freeName(name);
    this.setBody(free, hoisted);
    this.byText.set(text, free);
    return rule(free);
  }

  /** The name of a rule that is defined later, for rules that lead back to themselves. */
  reserve(name: string): string {
    return this.freeName(name);
  }

  define(reserved: string, body: Expression): void {
    this.setBody(reserved, this.hoist(body));
  }

  /** Whether a text can be derived: not so where every way leads to a rule that never ends. */
  canEnd(expression: Expression): boolean {
    return !isNever(this.ending(expression));
  }

  /**
   * The grammar as GBNF, its start the rule `root`. What can never end is left out of it, so that no generation gets
   * stuck. Throws `invalid_request` naming `param` for a grammar that would be too slow or too large for the sampler.
   */
  toGbnf(root: Expression, param: string): string {
    const rules = new Map<string, Expression>([['root', this.ending(this.hoist(root))]]);
    const open = ['root'];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      for (const next of rulesIn(rules.get(name) ?? NEVER)) {
        if (rules.has(next)) continue;
        rules.set(next, this.without(this.bodies.get(next) ?? NEVER));
        open.push(next);
      }
    }
    checkBounds(rules, param);
    return [...rules].map(([name, body]) => `${name} ::= ${gbnfOf(body)}\n`).join('');
  }

  /** Returns the expression without the ways that lead to rules from which no text can be derived. */
  private ending(expression: Expression): Expression {
    const open = this.unsettled.splice(0);
    for (const name of open) {
      this.work.spend(2);
      if (this.productive.has(name) || isNever(this.without(this.bodies.get(name) ?? NEVER))) continue;
      this.productive.add(name);
      open.push(...(this.users.get(name) ?? []));
    }
    return this.without(expression);
  }

  private without(expression: Expression): Expression {
    return without(expression, (name) => !this.productive.has(name));
  }

  private setBody(name: string, body: Expression): void {
    this.bodies.set(name, body);
    this.unsettled.push(name);
    for (const used of rulesIn(body)) {
      const users = this.users.get(used) ?? [];
      if (users.at(-1) !== name) users.push(name);
      this.users.set(used, users);
    }
  }

  /** llama.cpp counts the rules within a repetition and refuses many, so what is repeated becomes a rule of its own. */
  private hoist(expression: Expression): Expression {
    switch (expression.kind) {
      case 'sequence':
        return sequence(...expression.parts.map((part) => this.hoist(part)));
      case 'choice':
        return choice(...expression.options.map((option) => this.hoist(option)));
      case 'repeat': {
        const { item, min, max } = expression;
        if (min > MOST_REPEATS || (max !== Infinity && max > MOST_REPEATS)) throw new Error('too many repetitions');
        const atom = item.kind === 'chars' || item.kind === 'rule' || item.kind === 'literal';
        return repeat(atom ? item : this.add('item', item), min, max);
      }
      case 'literal':
      case 'chars':
      case 'rule':
        return expression;
    }
  }

  private freeName(wanted: string): string {
    const stem = wanted.replace(/[^a-zA-Z0-9]+/g, '-').slice(0, 40) || 'rule';
    let name = stem;
    let count = this.counts.get(stem) ?? 1;
    for (; this.taken.has(name); name = `${stem}-${String(count)}`) count += 1;
    this.counts.set(stem, count);
    this.taken.add(name);
    return name;
  }
}

/** The expression without the ways that lead to one of those rules. */
function without(expression: Expression, gone: (name: string) => boolean): Expression {
  switch (expression.kind) {
    case 'rule':
      return gone(expression.name) ? NEVER : expression;
    case 'sequence':
      return sequence(...expression.parts.map((part) => without(part, gone)));
    case 'choice':
      return choice(...expression.options.map((option) => without(option, gone)).filter((option) => !isNever(option)));
    case 'repeat':
      return repeat(without(expression.item, gone), expression.min, expression.max);
    case 'literal':
    case 'chars':
      return expression;
  }
}

export function rulesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'rule':
      return [expression.name];
    case 'sequence':
      return expression.parts.flatMap(rulesIn);
    case 'choice':
      return expression.options.flatMap(rulesIn);
    case 'repeat':
      return rulesIn(expression.item);
    case 'literal':
    case 'chars':
      return [];
  }
}
