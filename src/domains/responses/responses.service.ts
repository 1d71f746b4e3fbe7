import { Injectable } from '@nestjs/common';
import { GenerateService } from '../generate/generate.service.js';
import type { AnswerChunks } from '../generate/text-answer.js';
import type { Caller } from '../../inference/caller.js';
import { ParleyError } from '../../inference/errors.js';
import type { TextFinished } from '../../inference/text-tasks.js';
import { AnswerItems, type ItemEvent } from './answer-items.js';
import type { ModelResponse, ResponseRequest } from './model-response.js';
import { newResponseId } from './response-ids.js';
import type { Item } from './response-items.js';
import { ResponseStore } from './response.store.js';
import { promptOf } from './thread-prompt.js';
import { ThreadPictures } from './thread-pictures.js';
import { Threads } from './threads.js';

/** What happens while a response is generated; the last event has it as it is kept. */
export type ResponseEvent = ItemEvent | { readonly type: 'finished'; readonly response: ModelResponse };

/** A response whose prompt has been accepted: it streams from here on. */
export interface RunningResponse {
  /** As it is before anything is generated. */
  readonly begun: ModelResponse;
  /** How the wanted schema was narrowed, a line each. */
  readonly narrowed: readonly string[];
  readonly events: AsyncIterable<ResponseEvent>;
}

/** Answers that may be asked for again, and gone on from. */
@Injectable()
export class ResponsesService {
  constructor(
    private readonly store: ResponseStore,
    private readonly threads: Threads,
    private readonly pictures: ThreadPictures,
    private readonly generate: GenerateService,
  ) {}

  /**
   * Begins a response. Resolves once the prompt is accepted. It is kept when it is complete or was cut by its limit of
   * tokens, before the reader is told so; one that fails, or whose reader leaves, is not.
   */
  async create(request: ResponseRequest, caller: Caller, signal: AbortSignal): Promise<RunningResponse> {
    const id = newResponseId();
    const input = await this.threads.itemsFor(id, request, caller.keyId);
    if (request.keep) await this.store.open();
    const images = await this.pictures.of(input, request.model, { keyId: caller.keyId, signal });
    const { defaultModel, defaultVisionModel } = this.generate;
    const model = request.model ?? (images.length === 0 ? defaultModel : defaultVisionModel);
    const prompt = promptOf(request.instructions, input, images);
    const asked = { ...request.wishes, model, prompt, reasoning: 'separate' } as const;
    const { chunks, narrowed } = await this.generate.generateAll([asked], 1, caller, signal);
    const [answer] = chunks;
    if (answer === undefined) throw new Error('one request was answered by none');
    const begun = beginningOf(id, request, model);
    return { begun, narrowed, events: this.following(begun, input, answer, caller) };
  }

  /** Throws `job_not_found` when there is no such response, or no longer. */
  async find(id: string, { keyId }: Caller): Promise<ModelResponse> {
    return (await this.store.response({ keyId, id })) ?? missing(id);
  }

  /** What the response was made from, oldest first. Throws as {@link find}. */
  async inputOf(id: string, { keyId }: Caller): Promise<readonly Item[]> {
    return (await this.store.input({ keyId, id })) ?? missing(id);
  }

  /** Throws as {@link find}. */
  async remove(id: string, { keyId }: Caller): Promise<void> {
    if (!(await this.store.remove({ keyId, id }))) missing(id);
  }

  private async *following(
    begun: ModelResponse,
    input: readonly Item[],
    chunks: AnswerChunks,
    { keyId }: Caller,
  ): AsyncGenerator<ResponseEvent, void> {
    const items = new AnswerItems(begun.id, input.length);
    for await (const chunk of chunks) {
      if (chunk.type !== 'finished') {
        yield* items.take(chunk);
        continue;
      }
      yield* items.finish(chunk);
      const response = endOf(begun, items, chunk);
      if (response.kept) await this.store.keep(keyId, { response, input });
      yield { type: 'finished', response };
    }
  }
}

/** Seconds since 1970. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}

function beginningOf(id: string, request: ResponseRequest, model: string): ModelResponse {
  const { instructions, previousId, keep, settings } = request;
  return {
    id,
    createdAt: now(),
    completedAt: null,
    state: 'in-progress',
    model,
    instructions,
    previousId,
    kept: keep,
    output: [],
    usage: null,
    settings,
  };
}

function endOf(begun: ModelResponse, { items, reasoningTokens }: AnswerItems, finished: TextFinished): ModelResponse {
  const { finishReason, promptTokens, cachedTokens, completionTokens } = finished;
  const cut = finishReason === 'length';
  return {
    ...begun,
    state: cut ? 'incomplete' : 'completed',
    completedAt: cut ? null : now(),
    output: items,
    usage: { promptTokens, cachedTokens, completionTokens, reasoningTokens },
  };
}

function missing(id: string): never {
  throw new ParleyError(
    'job_not_found',
    `There is no response "${id}", or no longer: they are kept for RESPONSES_TTL.`,
  );
}
