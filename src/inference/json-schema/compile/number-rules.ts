import { NEVER, type Expression } from '../grammar/expression.js';
import { refused } from '../schema-place.js';
import type { Compiling } from './compiling.js';
import { decimalsIn, flipped, plainDigits, wholeBounds, type Bound } from './decimal-range.js';
import type { Facts } from './facts.js';
import { integersIn, LARGEST } from './integer-range.js';
import { oneOfTexts } from './value-list.js';

/** Multiples are listed up to this many, */
const MOST_LISTED = 1000;
/** and told by their digits for steps up to this, tens aside. */
const LARGEST_STEP = 100;

const INT32: readonly [number, number] = [-(2 ** 31), 2 ** 31 - 1];

/** Numbers, or the whole ones among them. */
export function numberRule(facts: Facts, whole: boolean, at: string, compiling: Compiling): Expression {
  const { low, high } = boundsOf(facts, at, compiling);
  if (low !== undefined && high !== undefined && low.value > high.value) {
    compiling.impossible(at, 'minimum is above maximum');
    return NEVER;
  }
  const steps = [...new Set(facts.numbers('multipleOf'))];
  if (steps.length === 0) {
    if (!whole && !facts.values('format').some(({ value }) => value === 'int32' || value === 'int64')) {
      return low === undefined && high === undefined ? compiling.json.number : decimalsIn(low, high, compiling.builder);
    }
    return integersIn({ ...wholeBounds(low, high), step: 1 }, compiling.builder);
  }
  return multiples(steps, { whole, low, high }, at, compiling);
}

interface Wanted {
  readonly whole: boolean;
  readonly low: Bound | undefined;
  readonly high: Bound | undefined;
}

function multiples(steps: readonly number[], wanted: Wanted, at: string, compiling: Compiling): Expression {
  const { min, max } = wholeBounds(wanted.low, wanted.high);
  if (steps.every((step) => Number.isSafeInteger(step))) {
    const step = steps.reduce(leastCommonMultiple);
    if (step > LARGEST) throw refused(compiling.param, at, 'multipleOf is too large', 'Lower it.');
    const listed = (max - min) / step <= MOST_LISTED;
    if (listed) return listOf(step, { ...wanted, whole: true }, [min, max], compiling);
    if (withoutTens(step) <= LARGEST_STEP) return integersIn({ min, max, step }, compiling.builder);
  } else if (steps.length === 1) {
    const [step = 1] = steps;
    const ends = [wanted.low?.value ?? -Infinity, wanted.high?.value ?? Infinity] as const;
    if ((ends[1] - ends[0]) / step <= MOST_LISTED) {
      compiling.narrow(at, 'only multiples that floating-point division finds exact');
      return listOf(step, wanted, ends, compiling);
    }
  }
  const remedy = `Give minimum and maximum with at most ${String(MOST_LISTED)} multiples between them, or leave it out.`;
  throw refused(compiling.param, at, `multipleOf cannot be held to`, remedy);
}

/** Each multiple by itself. Those that are none for a validator, which divides floating-point numbers, are left out. */
function listOf(step: number, { whole, low, high }: Wanted, ends: readonly [number, number], c: Compiling): Expression {
  const texts: string[] = [];
  c.work.spend((ends[1] - ends[0]) / step);
  for (let count = Math.ceil(ends[0] / step) - 1; count <= Math.floor(ends[1] / step) + 1; count += 1) {
    const value = Number((count * step).toPrecision(15)) + 0; // no −0
    const within = (low === undefined || isAbove(value, low)) && (high === undefined || isAbove(-value, flipped(high)));
    const fits = within && value >= ends[0] && value <= ends[1] && Number.isInteger(value / step);
    if (fits && (!whole || Number.isInteger(value))) texts.push(String(value));
  }
  return oneOfTexts(texts, c.builder);
}

function isAbove(value: number, { value: bound, excluded }: Bound): boolean {
  return excluded ? value > bound : value >= bound;
}

function boundsOf(facts: Facts, at: string, { param }: Compiling): { low: Bound | undefined; high: Bound | undefined } {
  const int32 = facts.values('format').some(({ value }) => value === 'int32');
  const lows = [
    ...facts.numbers('minimum').map((value) => ({ value, excluded: false })),
    ...facts.numbers('exclusiveMinimum').map((value) => ({ value, excluded: true })),
    ...(int32 ? [{ value: INT32[0], excluded: false }] : []),
  ];
  const highs = [
    ...facts.numbers('maximum').map((value) => ({ value, excluded: false })),
    ...facts.numbers('exclusiveMaximum').map((value) => ({ value, excluded: true })),
    ...(int32 ? [{ value: INT32[1], excluded: false }] : []),
  ];
  const low = strictest(lows);
  const high = strictest(highs.map(flipped));
  return { low: usable(low, at, param), high: usable(high, at, param, -1) };
}

function strictest(bounds: readonly Bound[]): Bound | undefined {
  return [...bounds].sort((a, b) => b.value - a.value || Number(b.excluded) - Number(a.excluded))[0];
}

/** A bound that is farther out than any number that is generated is none. */
function usable(bound: Bound | undefined, at: string, param: string, sign: 1 | -1 = 1): Bound | undefined {
  if (bound === undefined || bound.value < -LARGEST) return undefined;
  if (plainDigits(bound.value) === undefined) {
    throw refused(param, at, 'a bound has more than 15 digits', 'Round it to 15.');
  }
  return { value: bound.value * sign + 0, excluded: bound.excluded };
}

function withoutTens(step: number): number {
  return step % 10 === 0 ? withoutTens(step / 10) : step;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
