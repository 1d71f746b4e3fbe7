import type { Indexed } from '../../generate/merge.js';
import type { AnswerPiece, FinishReason, TextFinished } from '../../inference/text-tasks.js';
import { toShownError } from '../to-parley-error.js';
import { usageOf, type AnswerHead } from './openai.codec.js';
import { renderOpenAiError } from './openai.filter.js';

type Chunks = AsyncIterable<Indexed<AnswerPiece | TextFinished>>;

/** How one kind of completion words its chunks. */
interface ChunkWording {
  readonly object: string;
  /** Choices sent before any text. */
  opening(index: number): object | null;
  piece(index: number, text: string): object;
  end(index: number, finishReason: FinishReason): object;
}

const CHAT: ChunkWording = {
  object: 'chat.completion.chunk',
  opening: (index) => ({ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }),
  piece: (index, content) => ({ index, delta: { content }, logprobs: null, finish_reason: null }),
  end: (index, finishReason) => ({ index, delta: {}, logprobs: null, finish_reason: finishReason }),
};

function completion(echoes: readonly string[]): ChunkWording {
  const piece = (index: number, text: string): object => ({ index, text, logprobs: null, finish_reason: null });
  return {
    object: 'text_completion',
    opening: (index) => (echoes[index] === undefined ? null : piece(index, echoes[index])),
    piece,
    end: (index, finishReason) => ({ index, text: '', logprobs: null, finish_reason: finishReason }),
  };
}

export interface StreamOptions {
  readonly head: AnswerHead;
  readonly choices: number;
  /** Prompts whose tokens count: choices of one prompt share it. */
  readonly prompts: number;
  readonly includeUsage: boolean;
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** OpenAI's chunks as server-sent events. Trouble on the way becomes a last event with `error`, without `[DONE]`. */
async function* toEvents(chunks: Chunks, wording: ChunkWording, options: StreamOptions): AsyncGenerator<string, void> {
  const head = { ...options.head, object: wording.object };
  const usage = options.includeUsage ? { usage: null } : {};
  const one = (choice: object): string => event({ ...head, choices: [choice], ...usage });
  const ends: TextFinished[] = [];
  try {
    for (let index = 0; index < options.choices; index++) {
      const opening = wording.opening(index);
      if (opening !== null) yield one(opening);
    }
    for await (const { index, value } of chunks) {
      if (value.type === 'text') yield one(wording.piece(index, value.text));
      else if (value.type === 'finished') {
        ends.push(value);
        yield one(wording.end(index, value.finishReason));
      }
    }
    if (options.includeUsage) yield event({ ...head, choices: [], usage: usageOf(ends, options.prompts) });
    yield 'data: [DONE]\n\n';
  } catch (thrown) {
    const { error, status } = toShownError(thrown);
    yield event(renderOpenAiError(error, status).body);
  }
}

export function toChatEvents(chunks: Chunks, options: StreamOptions): AsyncGenerator<string, void> {
  return toEvents(chunks, CHAT, options);
}

/** `echoes` are the texts that go before each choice; empty without `echo`. */
export function toCompletionEvents(
  chunks: Chunks,
  options: StreamOptions,
  echoes: readonly string[],
): AsyncGenerator<string, void> {
  return toEvents(chunks, completion(echoes), options);
}
