import { choice, isNever, NEVER, NOTHING, repeat, sequence, type Expression } from '../grammar/expression.js';

export interface Lengths {
  readonly min: number;
  readonly max: number;
}

/** How many code points the texts of an expression without rules have. */
export function lengthsOf(expression: Expression): Lengths {
  switch (expression.kind) {
    case 'literal': {
      const { length } = [...expression.text];
      return { min: length, max: length };
    }
    case 'chars':
      return { min: 1, max: 1 };
    case 'sequence': {
      const parts = expression.parts.map(lengthsOf);
      return { min: total(parts.map(({ min }) => min)), max: total(parts.map(({ max }) => max)) };
    }
    case 'choice': {
      const options = expression.options.map(lengthsOf);
      return { min: Math.min(...options.map(({ min }) => min)), max: Math.max(...options.map(({ max }) => max)) };
    }
    case 'repeat': {
      const item = lengthsOf(expression.item);
      return { min: item.min * expression.min, max: item.max === 0 ? 0 : item.max * expression.max };
    }
    case 'rule':
      throw new Error('a pattern has no rules');
  }
}

/** An expression for texts of these lengths alone: the same, or a narrower one. NEVER where none is found. */
export function fitted(expression: Expression, { min, max }: Lengths): Expression {
  const own = lengthsOf(expression);
  if (own.min >= min && own.max <= max) return expression;
  if (isNever(expression) || own.min > max || own.max < min) return NEVER;
  switch (expression.kind) {
    case 'choice':
      return choice(
        ...expression.options.map((option) => fitted(option, { min, max })).filter((option) => !isNever(option)),
      );
    case 'repeat':
      return fittedRepeat(expression, { min, max });
    case 'sequence':
      return fittedSequence(expression.parts, { min, max });
    case 'literal':
    case 'chars':
    case 'rule':
      return NEVER;
  }
}

function fittedRepeat(expression: Expression & { kind: 'repeat' }, { min, max }: Lengths): Expression {
  const { item } = expression;
  const each = lengthsOf(item);
  const most = Math.min(expression.max, Math.floor(max / each.max));
  const least = each.min === 0 ? Infinity : Math.max(expression.min, Math.ceil(min / each.min));
  if (most > 0 && least <= most) return repeat(item, least, most);
  if (expression.min > 1) return NEVER;
  const once = fitted(item, { min: Math.max(min, expression.min === 0 ? 1 : 0), max });
  return expression.min === 0 && min === 0 ? choice(NOTHING, ...(isNever(once) ? [] : [once])) : once;
}

/** The parts of no one length share what there is between the least and the most. */
function fittedSequence(parts: readonly Expression[], { min, max }: Lengths): Expression {
  const lengths = parts.map(lengthsOf);
  const least = total(lengths.map((each) => each.min));
  let spare = max - least;
  let missing = Math.max(0, min - least);
  let open = lengths.filter((each) => each.max > each.min).length;
  const fit = parts.map((part, index) => {
    const own = lengths[index] ?? { min: 0, max: 0 };
    if (own.max === own.min) return part;
    const wanted =
      open === 1 ? Math.max(missing, spare) : Math.max(Math.ceil(missing / open), Math.floor(spare / open));
    const allowed = Math.min(own.max - own.min, wanted, spare);
    const needed = Math.min(missing, allowed);
    open -= 1;
    spare -= allowed;
    missing -= needed;
    return fitted(part, { min: own.min + needed, max: own.min + allowed });
  });
  return missing > 0 ? NEVER : sequence(...fit);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
