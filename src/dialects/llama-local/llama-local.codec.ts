import { basename } from 'node:path';
import type { GenerateRequest } from '../../domains/generate/generate.service.js';
import type { ModelEntry } from '../../inference/catalogue/model-entry.js';
import { ParleyError } from '../../inference/errors.js';
import type { ModelFacts } from '../../inference/runners/protocol.js';
import type { TextFinished, TextPiece } from '../../inference/text-tasks.js';
import type { LlamaLocalGenerateRequest, LlamaLocalModelInfo } from './llama-local.schema.js';

export const DEFAULTS = {
  temperature: 0.7,
  top_p: 0.9,
  top_k: 40,
  repeat_penalty: 1.1,
  max_tokens: 512,
  stream: true,
} as const;

export function toGenerateRequest(body: LlamaLocalGenerateRequest): GenerateRequest {
  return {
    prompt: { kind: 'messages', messages: [{ role: 'user', content: body.prompt }] },
    sampling: {
      temperature: body.temperature ?? DEFAULTS.temperature,
      topP: body.top_p ?? DEFAULTS.top_p,
      topK: body.top_k ?? DEFAULTS.top_k,
      repeatPenalty: body.repeat_penalty ?? DEFAULTS.repeat_penalty,
    },
    maxTokens: body.max_tokens ?? DEFAULTS.max_tokens,
  };
}

/** One event of the stream; each line of the piece is a `data:` line of its own, as the SSE standard says. */
export function toEvent(piece: string): string {
  const lines = piece.split(/\r\n|\r|\n/);
  return `${lines.map((line) => `data: ${line}`).join('\n')}\n\n`;
}

/** The answer as server-sent events; trouble on the way becomes the last event. */
export async function* toEvents(chunks: AsyncIterable<TextPiece | TextFinished>): AsyncGenerator<string, void> {
  try {
    for await (const chunk of chunks) if (chunk.type === 'text') yield toEvent(chunk.text);
    yield toEvent('[DONE]');
  } catch (error) {
    yield toErrorEvent(error);
  }
}

/** Trouble as the last event of a stream. */
export function toErrorEvent(error: unknown): string {
  const message = error instanceof ParleyError ? error.message : 'Something went wrong inside the service.';
  return toEvent(`[ERROR] ${message.replace(/\s+/g, ' ')}`);
}

export function toModelInfo(entry: ModelEntry, facts: ModelFacts): LlamaLocalModelInfo {
  return {
    path: basename(entry.path ?? entry.id), // never where it lies on this machine
    loaded: true,
    n_ctx: facts.context?.size ?? 0,
    n_gpu_layers: facts.gpuLayers,
    ...DEFAULTS,
  };
}
