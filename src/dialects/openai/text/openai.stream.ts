import type { Indexed } from '../../../domains/generate/merge.js';
import type { AnswerPiece, FinishReason, TextFinished } from '../../../inference/text-tasks.js';
import { toShownError } from '../../../http/errors/to-parley-error.js';
import { toChatLogprobs, toCompletionLogprobs, usageOf, type AnswerHead, type Counts } from './openai-answer.codec.js';
import { renderOpenAiError } from '../openai.filter.js';

type Chunks = AsyncIterable<Indexed<AnswerPiece | TextFinished>>;

/** How one kind of completion words its chunks. */
interface ChunkWording {
  readonly object: string;
  /** Choices sent before any text. */
  opening(index: number): object | null;
  piece(index: number, piece: AnswerPiece): object | null;
  end(index: number, finishReason: FinishReason): object;
}

const CHAT: ChunkWording = {
  object: 'chat.completion.chunk',
  opening: (index) => ({ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }),
  piece: (index, piece) => ({ index, delta: deltaOf(piece), logprobs: logprobsOf(piece), finish_reason: null }),
  end: (index, finishReason) => ({ index, delta: {}, logprobs: null, finish_reason: finishReason }),
};

function deltaOf(piece: AnswerPiece): object {
  if (piece.type === 'text') return { content: piece.text };
  if (piece.type === 'reasoning') return { reasoning_content: piece.text };
  const { index, id, name, arguments: text } = piece;
  if (id === undefined) return { tool_calls: [{ index, function: { arguments: text } }] };
  return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] };
}

function logprobsOf(piece: AnswerPiece): object | null {
  return piece.type === 'text' && piece.logprobs !== undefined ? toChatLogprobs(piece.logprobs) : null;
}

/** Text completions have text alone. */
function completion(echoes: readonly string[]): ChunkWording {
  const choice = (index: number, text: string, logprobs: object | null): object => ({
    index,
    text,
    logprobs,
    finish_reason: null,
  });
  const sent = new Map<number, number>();
  return {
    object: 'text_completion',
    opening: (index) => (echoes[index] === undefined ? null : choice(index, echoes[index], null)),
    piece: (index, piece) => {
      if (piece.type !== 'text') return null;
      const offset = sent.get(index) ?? 0;
      sent.set(index, offset + piece.text.length);
      const { logprobs } = piece;
      return choice(index, piece.text, logprobs === undefined ? null : toCompletionLogprobs(logprobs, offset));
    },
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
  const counts: Counts[] = [];
  const thought = new Map<number, number>();
  try {
    for (let index = 0; index < options.choices; index++) {
      const opening = wording.opening(index);
      if (opening !== null) yield one(opening);
    }
    for await (const { index, value } of chunks) {
      if (value.type === 'finished') {
        counts[index] = { ...value, reasoningTokens: thought.get(index) ?? 0 };
        yield one(wording.end(index, value.finishReason));
        continue;
      }
      if (value.type === 'reasoning') thought.set(index, value.completionTokens);
      const choice = wording.piece(index, value);
      if (choice !== null) yield one(choice);
    }
    if (options.includeUsage) yield event({ ...head, choices: [], usage: usageOf(counts, options.prompts) });
    yield 'data: [DONE]\n\n';
  } catch (thrown) {
    yield toErrorEvent(thrown);
  }
}

/** Trouble as the last event of a stream. */
export function toErrorEvent(thrown: unknown): string {
  const { error, status } = toShownError(thrown);
  return event(renderOpenAiError(error, status).body);
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
