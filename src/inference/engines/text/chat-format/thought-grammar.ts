import {
  chars,
  choice,
  literal,
  NOTHING,
  optional,
  repeat,
  sequence,
} from '../../../json-schema/grammar/expression.js';
import type { Expression } from '../../../json-schema/grammar/expression.js';
import type { GrammarBuilder } from '../../../json-schema/grammar/grammar-builder.js';
import type { ChatFormat, ThoughtMarks } from './chat-format.js';
import { textUpTo } from './text-up-to.js';

/** The answer, after thoughts: those that the prompt has `opened` must end, others need not come. */
export function afterThoughts(
  format: ChatFormat,
  opened: ThoughtMarks | null,
  builder: GrammarBuilder,
  answer: Expression,
): Expression {
  if (opened !== null) return sequence(restOfThought(opened, builder), answer);
  const thoughts = format.thoughts.map((marks) => sequence(literal(marks.open), restOfThought(marks, builder)));
  return sequence(optional(choice(...thoughts)), answer);
}

/** Any text up to the end mark, the mark, and blanks: more than two could go on for ever. */
function restOfThought({ close }: ThoughtMarks, builder: GrammarBuilder): Expression {
  const { text } = textUpTo(close, NOTHING, false, builder);
  return sequence(text, repeat(chars(' ', '\n'), 0, 2));
}
