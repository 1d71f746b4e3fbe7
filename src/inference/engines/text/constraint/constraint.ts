import type { OutputFormat } from '../../../answer-wishes.js';
import type { ToolUse } from '../../../chat-tools.js';
import { compileSchema } from '../../../json-schema/compile-schema.js';
import { choice, type Expression } from '../../../json-schema/grammar/expression.js';
import { GrammarBuilder } from '../../../json-schema/grammar/grammar-builder.js';
import { JsonGrammar } from '../../../json-schema/grammar/json-grammar.js';
import type { JsonObject } from '../../../json-value.js';
import type { TextGenerationTask } from '../../../text-tasks.js';
import { callGrammar, type CallGrammar } from '../chat-format/call-grammar.js';
import type { ChatFormat, ThoughtMarks } from '../chat-format/chat-format.js';
import { afterThoughts } from '../chat-format/thought-grammar.js';
import { textBeforeCalls } from '../chat-format/text-before-calls.js';

/** What the sampler is held to. */
export interface Constraint {
  readonly gbnf: string;
  /** How the schemas were narrowed, a line each. */
  readonly narrowed: readonly string[];
}

/**
 * What an answer may be, from its first token on, as a grammar: the wanted form, or calls of the tools with arguments by
 * their schemas, after text or not. Null for any text. Throws `invalid_request` for what no grammar can hold to.
 */
export function constraintOf(
  { output, tools }: Pick<TextGenerationTask, 'output' | 'tools'>,
  format: ChatFormat,
  openThought: ThoughtMarks | null,
): Constraint | null {
  const use = tools === undefined || tools.choice === 'none' || tools.tools.length === 0 ? null : tools;
  if (output === undefined && use === null) return null;
  const grammar = new AnswerGrammar(format, openThought);
  return grammar.of(output, use);
}

class AnswerGrammar {
  private readonly builder = new GrammarBuilder();
  private readonly narrowed: string[] = [];

  constructor(
    private readonly format: ChatFormat,
    private readonly openThought: ThoughtMarks | null,
  ) {}

  of(output: OutputFormat | undefined, use: ToolUse | null): Constraint {
    const param = use === null ? output?.param : 'tools';
    return { gbnf: this.builder.toGbnf(this.answer(output, use), param ?? 'response_format'), narrowed: this.narrowed };
  }

  private answer(output: OutputFormat | undefined, use: ToolUse | null): Expression {
    if (use === null) return output === undefined ? choice() : this.thoughtful(this.outputOf(output));
    const calls = this.callsOf(use);
    if (use.choice !== 'auto') return calls.answer;
    if (output !== undefined) return choice(this.thoughtful(this.outputOf(output)), calls.answer);
    return this.thoughtful(textBeforeCalls(this.format, calls, this.builder));
  }

  private thoughtful(answer: Expression): Expression {
    return afterThoughts(this.format, this.openThought, this.builder, answer);
  }

  private outputOf(output: OutputFormat): Expression {
    if (output.kind === 'json-object') return new JsonGrammar(this.builder).anyObject;
    return this.schemaOf(output.schema, output.param, '#');
  }

  private callsOf(use: ToolUse): CallGrammar {
    const { format, openThought, builder } = this;
    return callGrammar(format, use, openThought, builder, (schema, pointer) => this.schemaOf(schema, 'tools', pointer));
  }

  /** `pointer` leads to the schema. */
  private schemaOf(schema: JsonObject, param: string, pointer: string): Expression {
    const { rule, narrowed } = compileSchema(schema, this.builder, param);
    this.narrowed.push(...narrowed.map((line) => line.replace('#', pointer)));
    return rule;
  }
}
