import { charsOf, choice, isNever, literal, NEVER, NOTHING, sequence, type Expression } from '../grammar/expression.js';
import type { GrammarBuilder } from '../grammar/grammar-builder.js';

/** Whole numbers of at most 15 digits are exact in every JSON parser. */
export const LARGEST = 1e15 - 1;

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
  /** A positive whole number; 1 for any. */
  readonly step: number;
}

/** The whole numbers from `min` to `max`, both at most {@link LARGEST} and included, that are multiples of `step`. */
export function integersIn({ min, max, step }: IntegerRange, builder: GrammarBuilder): Expression {
  const options: Expression[] = [];
  if (min <= 0 && max >= 0) options.push(literal('0'));
  if (max >= 1) options.push(positives({ min: Math.max(1, min), max, step }, builder));
  if (min <= -1) options.push(sequence(literal('-'), positives({ min: Math.max(1, -max), max: -min, step }, builder)));
  return builder.add('integer', choice(...options.filter((option) => !isNever(option))));
}

/** Multiples of ten end in 0: what is left of the step stays small. */
function positives({ min, max, step }: IntegerRange, builder: GrammarBuilder): Expression {
  if (min > max) return NEVER;
  if (step % 10 === 0) {
    const tens = { min: Math.ceil(min / 10), max: Math.floor(max / 10), step: step / 10 };
    const start = positives(tens, builder);
    return sequence(start, literal('0'));
  }
  return new DigitRules(String(min), String(max), step, builder).from({ digits: 0, low: 0, high: 0, rest: 0 });
}

/** How far a number is read: its digits, how those compare with the bounds' first digits, and what it leaves. */
interface Read {
  readonly digits: number;
  readonly low: number;
  readonly high: number;
  readonly rest: number;
}

/** An automaton over digits, a rule for each of its states. Equal states become one rule. */
class DigitRules {
  private readonly known = new Map<string, Expression>();

  constructor(
    private readonly min: string,
    private readonly max: string,
    private readonly step: number,
    private readonly builder: GrammarBuilder,
  ) {}

  from(read: Read): Expression {
    const key = `${String(read.digits)} ${String(read.low)} ${String(read.high)} ${String(read.rest)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.builder.work.spend(10);
    const body = this.body(read);
    const made = body.kind === 'choice' || body.kind === 'sequence' ? this.builder.add('digits', body) : body;
    this.known.set(key, made);
    return made;
  }

  private body(read: Read): Expression {
    const byNext = new Map<string, { next: Expression; digits: number[] }>();
    for (let digit = read.digits === 0 ? 1 : 0; digit <= 9 && read.digits < this.max.length; digit += 1) {
      const next = this.from(this.after(read, digit));
      if (isNever(next)) continue;
      const group = byNext.get(JSON.stringify(next)) ?? { next, digits: [] };
      group.digits.push(digit);
      byNext.set(JSON.stringify(next), group);
    }
    const ways = [...byNext.values()].map(({ next, digits }) => sequence(oneOfDigits(digits), next));
    return choice(...(this.mayEnd(read) ? [NOTHING] : []), ...ways);
  }

  private after({ digits, low, high, rest }: Read, digit: number): Read {
    const compare = (sign: number, bound: string): number =>
      sign === 0 && digits < bound.length ? Math.sign(digit - Number(bound[digits])) : sign;
    const read = digits + 1;
    return {
      digits: read,
      low: read > this.min.length ? 1 : compare(low, this.min),
      high: compare(high, this.max),
      rest: (rest * 10 + digit) % this.step,
    };
  }

  private mayEnd({ digits, low, high, rest }: Read): boolean {
    const longEnough = digits > this.min.length || (digits === this.min.length && low >= 0);
    const shortEnough = digits < this.max.length || (digits === this.max.length && high <= 0);
    return longEnough && shortEnough && rest === 0 && digits > 0;
  }
}

export function oneOfDigits(digits: readonly number[]): Expression {
  return charsOf(digits.map((digit) => [0x30 + digit, 0x30 + digit]));
}
