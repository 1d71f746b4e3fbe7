import type { CharRange, Expression } from '../grammar/expression.js';
import { holds } from './char-set.js';
import { UnsupportedPattern } from './unsupported-pattern.js';

/** One character, then on; or on at several places without one. The last state is the end. */
type State = { readonly ranges: readonly CharRange[]; readonly next: number } | { readonly nexts: readonly number[] };

const MOST_STATES = 5000;

/**
 * Matches whole texts in time linear in their length, whatever the expression: clients bring patterns, and JavaScript's
 * own engine takes exponential time for some.
 */
export class TextMatcher {
  private readonly states: State[] = [{ nexts: [] }];
  private readonly start: number;

  /** For an expression without rules. */
  constructor(expression: Expression) {
    this.start = this.before(expression, 0);
  }

  get size(): number {
    return this.states.length;
  }

  matches(text: string): boolean {
    const seen = new Uint32Array(this.states.length);
    let step = 1;
    let now = this.reached([this.start], seen, step);
    for (const char of text) {
      const code = char.codePointAt(0) ?? 0;
      const after: number[] = [];
      for (const index of now) {
        const state = this.states[index];
        if (state !== undefined && 'ranges' in state && holds(state.ranges, code)) after.push(state.next);
      }
      if (after.length === 0) return false;
      step += 1;
      now = this.reached(after, seen, step);
    }
    return seen[0] === step;
  }

  /** Those states and all that they lead to without a character. `seen` is the step in which each was reached last. */
  private reached(from: number[], seen: Uint32Array, step: number): readonly number[] {
    const reached: number[] = [];
    for (let index = from.pop(); index !== undefined; index = from.pop()) {
      if (seen[index] === step) continue;
      seen[index] = step;
      reached.push(index);
      const state = this.states[index];
      if (state !== undefined && 'nexts' in state) from.push(...state.nexts);
    }
    return reached;
  }

  /** The state from which the expression leads to that one. */
  private before(expression: Expression, next: number): number {
    switch (expression.kind) {
      case 'chars':
        return this.state({ ranges: expression.ranges, next });
      case 'literal':
        return [...expression.text].reduceRight((after, char) => {
          const code = char.codePointAt(0) ?? 0;
          return this.state({ ranges: [[code, code]], next: after });
        }, next);
      case 'sequence':
        return expression.parts.reduceRight((after, part) => this.before(part, after), next);
      case 'choice':
        return this.state({ nexts: expression.options.map((option) => this.before(option, next)) });
      case 'repeat':
        return this.repeated(expression.item, expression.min, expression.max, next);
      case 'rule':
        throw new Error('a pattern has no rules');
    }
  }

  private repeated(item: Expression, min: number, max: number, next: number): number {
    let at = next;
    if (max === Infinity) {
      const nexts = [next];
      at = this.state({ nexts });
      nexts.push(this.before(item, at));
    } else {
      for (let count = min; count < max; count += 1) at = this.state({ nexts: [next, this.before(item, at)] });
    }
    for (let count = 0; count < min; count += 1) at = this.before(item, at);
    return at;
  }

  private state(state: State): number {
    if (this.states.length >= MOST_STATES) throw new UnsupportedPattern('its counts together are too large');
    return this.states.push(state) - 1;
  }
}
