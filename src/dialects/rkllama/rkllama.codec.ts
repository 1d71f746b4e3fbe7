import type { WholeAnswer } from '../../domains/generate/text-answer.js';
import type { GenerateRequest } from '../../domains/generate/generate.service.js';
import { ParleyError } from '../../inference/errors.js';
import type { FinishReason, TextFinished, TextPiece } from '../../inference/text-tasks.js';
import { frenchOf } from './rkllama.filter.js';
import type { RkllamaGenerateRequest, RkllamaGenerateResponse, RkllamaUsage } from './rkllama.schema.js';

const NO_USAGE: RkllamaUsage = { prompt_tokens: null, completion_tokens: null, total_tokens: null };

interface Counts {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export function toGenerateRequest(body: RkllamaGenerateRequest, model: string): GenerateRequest {
  const { messages } = body;
  return {
    model,
    prompt: {
      kind: 'messages',
      messages: typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages,
    },
    sampling: {},
  };
}

function usageOf({ promptTokens, completionTokens }: Counts): RkllamaUsage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function object(content: string, finishReason: 'stop' | 'length' | null, usage: RkllamaUsage): RkllamaGenerateResponse {
  return {
    id: 'rkllm_chat',
    object: 'rkllm_chat',
    created: Math.floor(Date.now() / 1000),
    choices: [{ role: 'assistant', content, finish_reason: finishReason }],
    usage,
  };
}

/** This dialect declares no tools, so that none is called. */
function endOf({ finishReason }: { readonly finishReason: FinishReason }): 'stop' | 'length' {
  return finishReason === 'length' ? 'length' : 'stop';
}

export function toResponse(answer: WholeAnswer): RkllamaGenerateResponse {
  return object(answer.text, endOf(answer), usageOf(answer));
}

/** One JSON object a line; trouble on the way becomes a last line with `error`. */
export async function* toLines(chunks: AsyncIterable<TextPiece | TextFinished>): AsyncGenerator<string, void> {
  try {
    for await (const chunk of chunks) {
      const line =
        chunk.type === 'text' ? object(chunk.text, null, NO_USAGE) : object('', endOf(chunk), usageOf(chunk));
      yield `${JSON.stringify(line)}\n`;
    }
  } catch (error) {
    const known = error instanceof ParleyError ? error : new ParleyError('internal', '');
    yield `${JSON.stringify({ error: frenchOf(known) })}\n`;
  }
}
