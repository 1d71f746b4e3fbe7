import {
  chars,
  choice,
  isNever,
  literal,
  NEVER,
  NOTHING,
  repeat,
  sequence,
  type Expression,
} from '../grammar/expression.js';
import type { GrammarBuilder } from '../grammar/grammar-builder.js';
import { integersIn, LARGEST, oneOfDigits } from './integer-range.js';

/** One end of a range; absent: none. */
export interface Bound {
  readonly value: number;
  readonly excluded: boolean;
}

/** Digits before and after the point of a number with a fraction are at most this many together, so it stays exact. */
const DIGITS = 15;
const FRACTION = 6;

/** A number in digits, without an exponent. Undefined for one that 15 digits do not hold. */
export function plainDigits(value: number): { whole: string; fraction: string } | undefined {
  if (Math.abs(value) > LARGEST) return undefined;
  const [, mantissa = '', power = '0'] = /^-?([\d.]+)(?:e(-\d+))?$/.exec(String(value)) ?? [];
  const [before = '', after = ''] = mantissa.split('.');
  const shift = -Number(power);
  const all = before.padStart(shift + 1, '0');
  const whole = all.slice(0, all.length - shift).replace(/^0+(?=\d)/, '');
  const fraction = (all.slice(all.length - shift) + after).replace(/0+$/, '');
  return (whole === '0' ? 0 : whole.length) + fraction.length > DIGITS ? undefined : { whole, fraction };
}

/** Numbers within bounds: whole ones of at most 15 digits, and those with a fraction that 15 digits hold exactly. */
export function decimalsIn(low: Bound | undefined, high: Bound | undefined, builder: GrammarBuilder): Expression {
  const whole = integersIn({ ...wholeBounds(low, high), step: 1 }, builder);
  const places = Math.max(FRACTION, ...[low, high].map((bound) => (bound === undefined ? 0 : fractionOf(bound) + 1)));
  const largest: Bound = { value: 10 ** (DIGITS - places) - 1, excluded: false };
  const smallest: Bound = { value: -largest.value, excluded: false };
  const from = low === undefined || low.value < smallest.value ? smallest : low;
  const to = high === undefined || high.value > largest.value ? largest : high;
  const zero: Bound = { value: 0, excluded: false };
  const rules = new FractionRules(places, builder);
  const positive = to.value < 0 ? NEVER : rules.between(from.value > 0 ? from : atZero(from, zero), to);
  const mirrored = rules.between(to.value < 0 ? flipped(to) : atZero(flipped(to), zero), flipped(from));
  const negative = from.value > 0 || (from.value === 0 && to.value >= 0) ? NEVER : sequence(literal('-'), mirrored);
  return builder.add('number', choice(...[whole, positive, negative].filter((option) => !isNever(option))));
}

/** The least and the largest whole number within bounds. */
export function wholeBounds(low: Bound | undefined, high: Bound | undefined): { min: number; max: number } {
  return {
    min: low === undefined ? -LARGEST : nextWhole(low),
    max: high === undefined ? LARGEST : -nextWhole(flipped(high)) + 0, // no −0
  };
}

function nextWhole({ value, excluded }: Bound): number {
  return (excluded && Number.isInteger(value) ? value + 1 : Math.ceil(value)) + 0;
}

/** A range that ends at zero may leave zero out; one that goes through it does not. */
function atZero(bound: Bound, zero: Bound): Bound {
  return bound.value === 0 ? bound : zero;
}

export function flipped({ value, excluded }: Bound): Bound {
  return { value: -value, excluded };
}

function fractionOf({ value }: Bound): number {
  return plainDigits(value)?.fraction.length ?? 0;
}

/** Numbers with a point, none negative. */
class FractionRules {
  constructor(
    private readonly places: number,
    private readonly builder: GrammarBuilder,
  ) {}

  between(low: Bound, high: Bound): Expression {
    if (low.value > high.value) return NEVER;
    const from = plainDigits(Math.abs(low.value));
    const to = plainDigits(Math.abs(high.value));
    if (from === undefined || to === undefined) return NEVER;
    const lowest = { digits: from.fraction, excluded: low.excluded };
    const highest = { digits: to.fraction, excluded: high.excluded };
    if (from.whole === to.whole) return this.number(literal(from.whole), this.fraction(lowest, highest));
    const inner = integersIn({ min: Number(from.whole) + 1, max: Number(to.whole) - 1, step: 1 }, this.builder);
    const any = repeat(chars('09'), 1, this.places);
    const ways = [
      this.number(literal(from.whole), this.fraction(lowest, null)),
      this.number(inner, any),
      this.number(literal(to.whole), this.fraction(null, highest)),
    ];
    return choice(...ways.filter((way) => !isNever(way)));
  }

  private number(whole: Expression, fraction: Expression): Expression {
    return sequence(whole, literal('.'), fraction);
  }

  private fraction(low: End | null, high: End | null): Expression {
    return this.builder.add('fraction', this.digits(0, low, high));
  }

  /** What may follow the first `read` digits, which are those of the ends that are still given. */
  private digits(read: number, low: End | null, high: End | null): Expression {
    const room = this.places - read;
    if (low === null && high === null) return read === 0 ? repeat(chars('09'), 1, room) : repeat(chars('09'), 0, room);
    const ways: Expression[] = read > 0 && mayEnd(read, low, high) ? [NOTHING] : [];
    const first = low === null ? 0 : digitAt(low, read);
    const last = high === null ? 9 : digitAt(high, read);
    if (room > 0) {
      const between = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
      const edges = between.filter((digit) => (low !== null && digit === first) || (high !== null && digit === last));
      for (const digit of edges) {
        const next = this.digits(read + 1, digit === first ? low : null, digit === last ? high : null);
        ways.push(sequence(oneOfDigits([digit]), next));
      }
      const free = oneOfDigits(between.filter((digit) => !edges.includes(digit)));
      ways.push(sequence(free, this.digits(read + 1, null, null)));
    }
    return choice(...ways.filter((way) => !isNever(way)));
  }
}

interface End {
  readonly digits: string;
  readonly excluded: boolean;
}

function digitAt({ digits }: End, index: number): number {
  return Number(digits[index] ?? 0);
}

function mayEnd(read: number, low: End | null, high: End | null): boolean {
  const equals = (end: End): boolean => end.digits.length <= read;
  const aboveLow = low === null || (equals(low) && !low.excluded);
  const belowHigh = high === null || !equals(high) || !high.excluded;
  return aboveLow && belowHigh;
}
