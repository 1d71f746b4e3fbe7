import {
  chars,
  choice,
  literal,
  NEVER,
  optional,
  repeat,
  sequence,
  type Expression,
} from '../../../json-schema/grammar/expression.js';
import type { GrammarBuilder } from '../../../json-schema/grammar/grammar-builder.js';
import type { ChatFormat } from './chat-format.js';

/** A function and the grammar of its arguments. */
export interface CallableTool {
  readonly name: string;
  readonly args: Expression;
}

/** What an answer may be, and what may follow the beginnings of a call in it. */
export interface CallParts {
  readonly first: Expression;
  /** What the first may be without its mark. */
  readonly bare: Expression;
  readonly marked: Expression;
  readonly named: (name: string) => Expression;
}

/** Makes what may follow a call out of what another call looks like there. */
type More = (another: Expression) => Expression;

/** How calls are written in a format. */
export function callParts(
  format: ChatFormat,
  tools: readonly CallableTool[],
  builder: GrammarBuilder,
  more: More,
): CallParts {
  // Blanks that models write around marks: more than two could go on for ever.
  const gap = builder.add('call-gap', repeat(chars(' ', '\n'), 0, 2));
  const objects = new CallObjects(tools, builder, format.name === 'llama' ? 'parameters' : 'arguments');
  switch (format.name) {
    case 'llama':
      return llamaParts(objects, gap, more);
    case 'mistral':
      return format.namesBeforeArguments
        ? mistralParts(format, tools, builder, more)
        : mistralListParts(objects, gap, more);
    case 'hermes':
    case 'generic':
      return hermesParts(objects, gap, more);
  }
}

/** `<tool_call>{…}</tool_call>`, again and again. */
function hermesParts(objects: CallObjects, gap: Expression, more: More): CallParts {
  const body = sequence(gap, objects.any, gap, literal('</tool_call>'));
  const call = sequence(literal('<tool_call>'), body);
  const rest = more(sequence(gap, call));
  return { first: sequence(call, rest), bare: NEVER, marked: sequence(body, rest), named: () => NEVER };
}

/** Objects with `; ` or a line end between them. */
function llamaParts(objects: CallObjects, gap: Expression, more: More): CallParts {
  const separator = choice(sequence(literal(';'), gap), literal('\n'));
  const rest = more(sequence(separator, objects.any));
  const first = sequence(objects.any, rest);
  return {
    first: sequence(optional(literal('<|python_tag|>')), first),
    bare: first,
    marked: sequence(gap, first),
    named: (name) => sequence(objects.afterName(name), rest),
  };
}

/** `[TOOL_CALLS][{…}, {…}]`, each with an id or without. */
function mistralListParts(objects: CallObjects, gap: Expression, more: More): CallParts {
  const rest = more(sequence(literal(','), gap, objects.anyWithId));
  const marked = sequence(gap, literal('['), gap, objects.anyWithId, rest, gap, literal(']'));
  return { first: sequence(literal('[TOOL_CALLS]'), marked), bare: NEVER, marked, named: () => NEVER };
}

/** `[TOOL_CALLS]name[ARGS]{…}`, again and again. */
function mistralParts(
  { idsBeforeArguments }: ChatFormat,
  tools: readonly CallableTool[],
  builder: GrammarBuilder,
  more: More,
): CallParts {
  const id = idsBeforeArguments ? optional(sequence(literal('[CALL_ID]'), shortId())) : literal('');
  const calls = tools.map(({ name, args }) => sequence(literal(name), id, literal('[ARGS]'), args));
  const body = builder.add('call', choice(...calls));
  const rest = more(sequence(literal('[TOOL_CALLS]'), body));
  const marked = sequence(body, rest);
  return { first: sequence(literal('[TOOL_CALLS]'), marked), bare: NEVER, marked, named: () => NEVER };
}

function shortId(): Expression {
  return repeat(chars('az', 'AZ', '09'), 9, 9);
}

/** Calls as JSON objects: the name, then the arguments. */
class CallObjects {
  private readonly blank: Expression;

  constructor(
    private readonly tools: readonly CallableTool[],
    private readonly builder: GrammarBuilder,
    private readonly key: 'arguments' | 'parameters',
  ) {
    this.blank = builder.add('call-blank', optional(literal(' ')));
  }

  get any(): Expression {
    return this.builder.add('call', choice(...this.tools.map((tool) => this.objectOf(tool, literal('')))));
  }

  get anyWithId(): Expression {
    const id = optional(sequence(literal(','), this.blank, literal('"id":'), this.blank, quoted(shortId())));
    return this.builder.add('call', choice(...this.tools.map((tool) => this.objectOf(tool, id))));
  }

  /** What follows `{"name": "…"` of that function. */
  afterName(name: string): Expression {
    return choice(...this.tools.filter((tool) => tool.name === name).map((tool) => this.tail(tool, literal(''))));
  }

  private objectOf(tool: CallableTool, more: Expression): Expression {
    const { blank } = this;
    const name = literal(JSON.stringify(tool.name));
    return sequence(literal('{'), blank, literal('"name":'), blank, name, this.tail(tool, more));
  }

  private tail({ args }: CallableTool, more: Expression): Expression {
    const { blank, key } = this;
    return sequence(blank, literal(','), blank, literal(`"${key}":`), blank, args, more, blank, literal('}'));
  }
}

function quoted(body: Expression): Expression {
  return sequence(literal('"'), body, literal('"'));
}
