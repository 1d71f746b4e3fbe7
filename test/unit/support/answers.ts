import type { WholeAnswer } from '../../../src/domains/generate/text-answer.js';
import type { ModelEntry } from '../../../src/inference/catalogue/model-entry.js';
import type { ModelFacts } from '../../../src/inference/runners/protocol.js';
import type { TextFinished, TextPiece } from '../../../src/inference/text-tasks.js';

type Chunks = AsyncGenerator<TextPiece | TextFinished, void>;

function toChunk(item: string | TextFinished): TextPiece | TextFinished {
  return typeof item === 'string' ? { type: 'text', text: item, completionTokens: 1 } : item;
}

export function finished(more: Partial<TextFinished> = {}): TextFinished {
  return { type: 'finished', finishReason: 'stop', promptTokens: 10, completionTokens: 5, cachedTokens: 0, ...more };
}

/** An answer's chunks: texts, then how it finished. */
export async function* chunks(...items: readonly (string | TextFinished)[]): Chunks {
  for (const item of items) yield await Promise.resolve(toChunk(item));
}

/** Chunks, then an error. */
export async function* failing(error: Error, ...items: readonly (string | TextFinished)[]): Chunks {
  yield* chunks(...items);
  throw error;
}

export async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

export function answer(text: string, more: Partial<WholeAnswer> = {}): WholeAnswer {
  return {
    text,
    reasoning: '',
    toolCalls: [],
    logprobs: [],
    reasoningTokens: 0,
    finishReason: 'stop',
    promptTokens: 10,
    completionTokens: 5,
    cachedTokens: 0,
    ...more,
  };
}

export function entry(more: Partial<ModelEntry> = {}): ModelEntry {
  return {
    id: 'm.gguf',
    aliases: [],
    title: 'M',
    engine: 'llama',
    tasks: ['text-generation'],
    path: '/models/m.gguf',
    starter: false,
    hub: null,
    heavy: false,
    params: null,
    bytes: null,
    licence: null,
    verified: true,
    sampling: {},
    contextSize: null,
    created: 1_700_000_000,
    ...more,
  };
}

export const FACTS: ModelFacts = {
  context: { size: 2048, trained: 4096 },
  slots: 4,
  threads: [{ tokens: 1, threads: 1 }],
  gpuLayers: 0,
  gpuName: null,
  memoryBytes: 1000,
};
