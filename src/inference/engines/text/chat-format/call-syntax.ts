import { CallObject, type CallReading } from './call-object.js';
import { thoughtsToExpect, type ChatFormat } from './chat-format.js';
import { NamedCall } from './named-call.js';

/** What stands around a call. The first character of a mark comes only once in it. */
export interface CallSyntax {
  /** Begins a call, anywhere in the answer. */
  readonly open: string;
  /** Ends a call; models leave it out at times. */
  readonly close?: string;
  /** An answer that begins with `{` may be a call without the mark, and so may what follows a call. */
  readonly bare: boolean;
  /** Reads what follows the mark; null: a list of calls begins with this character. */
  readonly reading: (first: string) => CallReading | null;
}

const SYNTAXES = {
  hermes: { open: '<tool_call>', close: '</tool_call>', bare: false, reading: () => new CallObject(false) },
  llama: { open: '<|python_tag|>', bare: true, reading: () => new CallObject(true) },
  mistral: { open: '[TOOL_CALLS]', bare: false, reading: (first) => (first === '[' ? null : new NamedCall()) },
} satisfies Record<string, CallSyntax>;

export function syntaxOf(format: ChatFormat): CallSyntax {
  return SYNTAXES[format.name === 'generic' ? 'hermes' : format.name];
}

/** Texts that a parser of this format has to see, also where the model's vocabulary has special tokens for them. */
export function markTexts(format: ChatFormat): readonly string[] {
  const { open, close } = syntaxOf(format);
  const inside = format.name === 'mistral' ? ['[ARGS]', '[CALL_ID]'] : [];
  const thoughts = thoughtsToExpect(format).flatMap((marks) => [marks.open, marks.close]);
  return [open, ...(close === undefined ? [] : [close]), ...inside, ...thoughts];
}
