import { ParleyError } from '../../../errors.js';
import type { ToolDefinition, ToolUse } from '../../../chat-tools.js';
import type { JsonObject } from '../../../json-value.js';
import { literal, repeat, type Expression } from '../../../json-schema/grammar/expression.js';
import type { GrammarBuilder } from '../../../json-schema/grammar/grammar-builder.js';
import type { CallBegin } from './call-finder.js';
import { callParts } from './call-parts.js';
import type { ChatFormat, ThoughtMarks } from './chat-format.js';
import { afterThoughts } from './thought-grammar.js';

/** Calls in one answer, at most: a small model can lose itself in more. */
const MOST_CALLS = 16;

/** Makes the grammar of a schema; `pointer` leads to it from the body's root, as `/tools/0/function/parameters`. */
export type SchemaToGrammar = (schema: JsonObject, pointer: string) => Expression;

export interface CallGrammar {
  /** Calls without a mark before them; derives nothing where the format has no such. */
  readonly bare: Expression;
  /** A whole answer that makes calls, after the model's thoughts if it has any. */
  readonly answer: Expression;
  /** What follows that which began a call, to the answer's end. */
  readonly after: (begin: CallBegin) => Expression;
}

/**
 * What a model may write to call the tools of a request, as `AnswerParser` reads it. Marks are matched as text, whether
 * they are special tokens or not. Throws `invalid_request` for a choice that names no tool, and for parameters that are
 * no object's.
 */
export function callGrammar(
  format: ChatFormat,
  use: ToolUse,
  openedThought: ThoughtMarks | null,
  builder: GrammarBuilder,
  toGrammar: SchemaToGrammar,
): CallGrammar {
  const tools = callable(use).map(({ tool, index }) => ({
    name: tool.name,
    args: builder.add(`arguments-${String(index)}`, argumentsOf(tool, index, toGrammar)),
  }));
  const several = use.parallel ? MOST_CALLS : 1;
  const more = (rest: Expression): Expression => repeat(builder.add('more-calls', rest), 0, several - 1);
  const { first, bare, marked, named } = callParts(format, tools, builder, more);
  return {
    bare,
    answer: afterThoughts(format, openedThought, builder, first),
    after: (begin) => (begin.kind === 'mark' ? marked : named(begin.name)),
  };
}

/** The tools that may be called, with their places in the request. */
function callable({ tools, choice: wanted }: ToolUse): { tool: ToolDefinition; index: number }[] {
  const all = tools.map((tool, index) => ({ tool, index }));
  const chosen = typeof wanted === 'string' ? all : all.filter(({ tool }) => tool.name === wanted.name);
  if (chosen.length > 0 && wanted !== 'none') return chosen;
  const message = 'tool_choice asks for a function that is not in tools. Name one that is.';
  throw new ParleyError('invalid_request', message, { param: 'tool_choice' });
}

function argumentsOf({ parameters }: ToolDefinition, index: number, toGrammar: SchemaToGrammar): Expression {
  if (parameters === undefined) return literal('{}');
  return toGrammar(ofObject(parameters, index), `/tools/${String(index)}/function/parameters`);
}

const SAYS_WHAT_IT_IS = ['$ref', 'allOf', 'anyOf', 'oneOf', 'const', 'enum'];

/** Arguments are an object, whether the schema says so or says nothing. */
function ofObject(schema: JsonObject, index: number): JsonObject {
  const { type } = schema;
  if (type === 'object') return schema;
  if (Array.isArray(type) && type.includes('object')) return { ...schema, type: 'object' };
  if (type === undefined) return SAYS_WHAT_IT_IS.some((key) => key in schema) ? schema : { ...schema, type: 'object' };
  const param = `tools.${String(index)}.function.parameters`;
  throw new ParleyError('invalid_request', `${param} must be the schema of an object. Set its type to "object".`, {
    param,
  });
}
