import type { OutputFormat } from '../../inference/answer-wishes.js';
import type { ToolCall, ToolUse } from '../../inference/chat-tools.js';
import { ParleyError } from '../../inference/errors.js';
import { isJsonObject } from '../../inference/json-value.js';
import type { AnswerPiece, TextFinished } from '../../inference/text-tasks.js';
import type { RequestSchema, SchemaValidator } from './schema-validator.js';
import { addTo, type AnswerChunks } from './text-answer.js';

const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false } as const;

/** What a request says of the form of its answer. */
interface Promised {
  readonly output?: OutputFormat | undefined;
  readonly tools?: ToolUse | undefined;
}

/** On whose behalf it is validated, and until when. */
interface ValidationContext {
  readonly keyId: string;
  readonly signal: AbortSignal;
}

/**
 * Holds an answer to what was promised of it, whichever engine gave it: its text to the wanted form, the arguments of
 * each call to the tool's schema. An answer that `length` cut off is let through: its reader is told.
 */
export class AnswerCheck {
  private readonly tools: ReadonlyMap<string, RequestSchema>;

  private constructor(
    private readonly output: OutputFormat | undefined,
    use: ToolUse | undefined,
    private readonly validator: SchemaValidator,
    private readonly context: ValidationContext,
  ) {
    const used = use === undefined || use.choice === 'none' ? [] : use.tools;
    this.tools = new Map(
      used.map(({ name, parameters }) => [name, { schema: parameters ?? NO_ARGUMENTS, param: 'tools' }]),
    );
  }

  /** Throws `invalid_request` for a schema that is none, or is too costly to validate by. */
  static async of(
    { output, tools }: Promised,
    validator: SchemaValidator,
    context: ValidationContext,
  ): Promise<AnswerCheck> {
    const check = new AnswerCheck(output, tools, validator, context);
    const schemas = output?.kind === 'json-schema' ? [output, ...check.tools.values()] : [...check.tools.values()];
    await validator.check(schemas, context.keyId, context.signal);
    return check;
  }

  /** True when there is a schema or a tool to validate output against. */
  get needed(): boolean {
    return this.output !== undefined || this.tools.size > 0;
  }

  /** The same chunks; throws `runner_crashed` in place of the end of an answer that does not conform. */
  async *held(chunks: AnswerChunks): AsyncGenerator<AnswerPiece | TextFinished, void> {
    let text = '';
    const calls: ToolCall[] = [];
    for await (const chunk of chunks) {
      if (chunk.type === 'text') text += chunk.text;
      else if (chunk.type === 'tool-call') addTo(calls, chunk);
      else if (chunk.type === 'finished' && chunk.finishReason !== 'length') await this.check(text, calls);
      yield chunk;
    }
  }

  private async check(text: string, calls: readonly ToolCall[]): Promise<void> {
    for (const { name, arguments: given } of calls) {
      const tool = this.tools.get(name);
      if (tool === undefined) throw nonconforming(`it calls "${name}", which is not among the tools`);
      const problem = await this.problemOf(given, tool);
      if (problem !== null) throw nonconforming(`arguments of "${name}": ${problem}`);
    }
    const problem = calls.length > 0 ? null : await this.problemOfText(text);
    if (problem !== null) throw nonconforming(problem);
  }

  private async problemOfText(text: string): Promise<string | null> {
    const { output } = this;
    if (output === undefined) return null;
    return output.kind === 'json-schema' ? this.problemOf(text, output) : problemOfObject(text);
  }

  private problemOf(text: string, schema: RequestSchema): Promise<string | null> {
    const { keyId, signal } = this.context;
    return this.validator.problemOf(text, schema, keyId, signal);
  }
}

function problemOfObject(text: string): string | null {
  try {
    return isJsonObject(JSON.parse(text)) ? null : 'it must be object';
  } catch {
    return 'it is no JSON';
  }
}

function nonconforming(problem: string): ParleyError {
  return new ParleyError('runner_crashed', `The model's answer does not conform: ${problem}. Try again.`);
}
