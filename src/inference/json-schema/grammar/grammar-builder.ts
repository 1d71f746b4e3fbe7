import { choice, isNever, NEVER, repeat, rule, sequence, type Expression } from './expression.js';
import { gbnfOf } from './gbnf-text.js';
import { checkBounds, MOST_REPEATS } from './grammar-bounds.js';

/**
 * The named rules of one grammar. Several schemas, and what is put around them, share one builder. Rules of the same
 * body are one rule.
 */
export class GrammarBuilder {
  private readonly bodies = new Map<string, Expression>();
  private readonly byText = new Map<string, string>();
  private readonly taken = new Set<string>(['root']);

  get rules(): ReadonlyMap<string, Expression> {
    return this.bodies;
  }

  /** A rule of that body, by a name like the wanted one. A body that derives nothing stays as it is. */
  add(name: string, body: Expression): Expression {
    if (isNever(body)) return NEVER;
    if (body.kind === 'rule') return body;
    const hoisted = this.hoist(body);
    const text = gbnfOf(hoisted);
    const known = this.byText.get(text);
    if (known !== undefined) return rule(known);
    const free = this.freeName(name);
    this.bodies.set(free, hoisted);
    this.byText.set(text, free);
    return rule(free);
  }

  /** The name of a rule that is defined later, for rules that lead back to themselves. */
  reserve(name: string): string {
    return this.freeName(name);
  }

  define(reserved: string, body: Expression): void {
    this.bodies.set(reserved, this.hoist(body));
  }

  /** Whether a text can be derived: not so where every way leads to a rule that never ends. */
  canEnd(expression: Expression): boolean {
    return !isNever(without(expression, this.endless()));
  }

  /**
   * The grammar as GBNF, its start the rule `root`. What can never end is left out of it, so that no generation gets
   * stuck. Throws `invalid_request` naming `param` for a grammar that would be too slow or too large for the sampler.
   */
  toGbnf(root: Expression, param: string): string {
    const endless = this.endless();
    const rules = new Map<string, Expression>([['root', without(this.hoist(root), endless)]]);
    const open = ['root'];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      for (const next of rulesIn(rules.get(name) ?? NEVER)) {
        if (rules.has(next)) continue;
        rules.set(next, without(this.bodies.get(next) ?? NEVER, endless));
        open.push(next);
      }
    }
    checkBounds(rules, param);
    return [...rules].map(([name, body]) => `${name} ::= ${gbnfOf(body)}\n`).join('');
  }

  /** Names of the rules from which no text can be derived. */
  private endless(): ReadonlySet<string> {
    const endless = new Set(this.bodies.keys());
    for (let before = -1; before !== endless.size;) {
      before = endless.size;
      for (const name of [...endless]) {
        if (!isNever(without(this.bodies.get(name) ?? NEVER, endless))) endless.delete(name);
      }
    }
    return endless;
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
    for (let count = 2; this.taken.has(name); count += 1) name = `${stem}-${String(count)}`;
    this.taken.add(name);
    return name;
  }
}

/** The expression without the ways that lead to one of those rules. */
function without(expression: Expression, gone: ReadonlySet<string>): Expression {
  switch (expression.kind) {
    case 'rule':
      return gone.has(expression.name) ? NEVER : expression;
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
