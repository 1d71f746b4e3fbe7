import type { OutputFormat } from '../inference/answer-wishes.js';
import type { ToolCall, ToolUse } from '../inference/chat-tools.js';
import { ParleyError } from '../inference/errors.js';
import { SchemaCheck } from '../inference/json-schema/schema-check.js';
import type { AnswerPiece, TextFinished } from '../inference/text-tasks.js';
import { addTo, type AnswerChunks } from './text-answer.js';

const ANY_OBJECT = { type: 'object' } as const;
const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false } as const;

/** What a request says of the form of its answer. */
interface Promised {
  readonly output?: OutputFormat | undefined;
  readonly tools?: ToolUse | undefined;
}

/**
 * Holds an answer to what was promised of it, whichever engine gave it: its text to the wanted form, the arguments of
 * each call to the tool's schema. An answer that `length` cut off is let through: its reader is told.
 */
export class AnswerCheck {
  private readonly output: SchemaCheck | null;
  private readonly tools: ReadonlyMap<string, SchemaCheck>;

  /** Throws `invalid_request` for a schema that is none. */
  constructor({ output, tools }: Promised) {
    if (output === undefined) this.output = null;
    else this.output = SchemaCheck.of(output.kind === 'json-object' ? ANY_OBJECT : output.schema, output.param);
    const used = tools === undefined || tools.choice === 'none' ? [] : tools.tools;
    this.tools = new Map(
      used.map(({ name, parameters }) => [name, SchemaCheck.of(parameters ?? NO_ARGUMENTS, 'tools')]),
    );
  }

  /** Whether there is anything to hold answers to. */
  get needed(): boolean {
    return this.output !== null || this.tools.size > 0;
  }

  /** The same chunks; throws `runner_crashed` in place of the end of an answer that does not conform. */
  async *held(chunks: AnswerChunks): AsyncGenerator<AnswerPiece | TextFinished, void> {
    let text = '';
    const calls: ToolCall[] = [];
    for await (const chunk of chunks) {
      if (chunk.type === 'text') text += chunk.text;
      else if (chunk.type === 'tool-call') addTo(calls, chunk);
      else if (chunk.type === 'finished' && chunk.finishReason !== 'length') this.check(text, calls);
      yield chunk;
    }
  }

  private check(text: string, calls: readonly ToolCall[]): void {
    for (const { name, arguments: given } of calls) {
      const tool = this.tools.get(name);
      if (tool === undefined) throw nonconforming(`it calls "${name}", which is not among the tools`);
      const problem = tool.problemOf(given);
      if (problem !== null) throw nonconforming(`arguments of "${name}": ${problem}`);
    }
    const problem = calls.length > 0 ? null : this.output?.problemOf(text);
    if (typeof problem === 'string') throw nonconforming(problem);
  }
}

function nonconforming(problem: string): ParleyError {
  return new ParleyError('runner_crashed', `The model's answer does not conform: ${problem}. Try again.`);
}
