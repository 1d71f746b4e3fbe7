import { chars, choice, literal, NOTHING, repeat, sequence } from '../../../json-schema/grammar/expression.js';
import type { Expression } from '../../../json-schema/grammar/expression.js';
import type { GrammarBuilder } from '../../../json-schema/grammar/grammar-builder.js';
import type { CallGrammar } from './call-grammar.js';
import { syntaxOf } from './call-syntax.js';
import type { ChatFormat } from './chat-format.js';
import { charsBut, textUpTo } from './text-up-to.js';

const BLANK = [' ', '\n', '\t', '\r'];
const BLANKS = repeat(chars(...BLANK), 0, Infinity);

/** With which the keys of calls begin; an escape could hide one. */
const BEGIN_KEYS_OF_CALLS = ['n', 't', 'i', 'a', 'p', '\\'];

/**
 * An answer of a model that may call tools and need not: any text, and once it begins a call, calls to the end. In
 * formats whose calls need no mark an answer that begins as a JSON object with a key of calls is one.
 */
export function textBeforeCalls(format: ChatFormat, calls: CallGrammar, builder: GrammarBuilder): Expression {
  const { open, bare } = syntaxOf(format);
  const [begin = ''] = open;
  const { text, begun } = textUpTo(open, calls.after({ kind: 'mark' }), true, builder);
  if (!bare) return text;
  const textBut = (...excluded: readonly string[]): Expression =>
    choice(sequence(charsBut(begin, ...excluded), text), sequence(chars(begin), begun));
  const otherKey = sequence(literal('"'), choice(NOTHING, textBut(...BEGIN_KEYS_OF_CALLS)));
  const object = sequence(literal('{'), BLANKS, choice(NOTHING, otherKey, textBut('"', ...BLANK)));
  return sequence(BLANKS, builder.add('answer', choice(NOTHING, textBut('{', ...BLANK), object, calls.bare)));
}
