import {
  AnswerParser,
  type AnswerParserOptions,
} from '../../../src/inference/engines/text/chat-format/answer-parser.js';
import type { AnswerPart } from '../../../src/inference/engines/text/chat-format/answer-parts.js';
import { recogniseFormat } from '../../../src/inference/engines/text/chat-format/chat-format.js';
import { TEMPLATES } from './chat-templates.js';

export interface ReadCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  readonly complete: boolean | null;
}

/** What a client sees of an answer in the end. */
export interface ReadAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly ReadCall[];
}

export function parserOf(template: keyof typeof TEMPLATES, options: Partial<AnswerParserOptions> = {}): AnswerParser {
  let ids = 0;
  return new AnswerParser({
    format: recogniseFormat(TEMPLATES[template]),
    toolNames: ['f', 'g', 'get_weather'],
    constrained: false,
    separateThoughts: true,
    openedThought: null,
    newId: () => `id${String(ids++)}`,
    ...options,
  });
}

export function partsOf(parser: AnswerParser, pieces: readonly string[]): AnswerPart[] {
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.flush()];
}

/** Throws where the parts are out of order. */
export function readParts(parts: readonly AnswerPart[]): ReadAnswer {
  let text = '';
  let reasoning = '';
  const calls: ReadCall[] = [];
  for (const part of parts) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'reasoning') reasoning += part.text;
    else if (part.type === 'call-start') {
      if (part.index !== calls.length) throw new Error('a call has a wrong number');
      calls.push({ id: part.id, name: part.name, arguments: '', complete: null });
    } else {
      const call = calls[part.index];
      if (call === undefined || part.index !== calls.length - 1 || call.complete !== null) {
        throw new Error('a part of a call that is not open');
      }
      calls[part.index] =
        part.type === 'call-end'
          ? { ...call, complete: part.complete }
          : { ...call, arguments: call.arguments + part.text };
    }
  }
  return { text, reasoning, calls };
}
