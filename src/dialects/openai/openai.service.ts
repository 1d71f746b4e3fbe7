import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { GenerateService, type GenerateRequest } from '../../generate/generate.service.js';
import { merge } from '../../generate/merge.js';
import { whole, type AnswerChunks } from '../../generate/text-answer.js';
import { LifecycleService } from '../../lifecycle/lifecycle.service.js';
import { callerOf, type Client } from '../client.js';
import { textStream } from '../text-stream.js';
import type { OpenAiChatRequest, OpenAiChatResponse } from './openai-chat.schema.js';
import type { OpenAiCompletionRequest, OpenAiCompletionResponse } from './openai-completion.schema.js';
import type { OpenAiModelList } from './openai-models.schema.js';
import { headOf, toChatRequest, toChatResponse, toCompletionRequests, toCompletionResponse } from './openai.codec.js';
import { toModel } from './openai-models.codec.js';
import { toChatEvents, toCompletionEvents } from './openai.stream.js';

export type Reply<T> =
  { readonly kind: 'whole'; readonly body: T } | { readonly kind: 'events'; readonly body: Readable };

@Injectable()
export class OpenAiService {
  constructor(
    private readonly generate: GenerateService,
    private readonly lifecycle: LifecycleService,
  ) {}

  async chat(body: OpenAiChatRequest, client: Client): Promise<Reply<OpenAiChatResponse>> {
    const head = headOf('chatcmpl', body.model ?? this.generate.defaultModel);
    const count = body.n ?? 1;
    const answers = await this.answer([toChatRequest(body)], count, client);
    if (body.stream === true) {
      const includeUsage = body.stream_options?.include_usage === true;
      const options = { head, choices: answers.length, prompts: 1, includeUsage };
      return { kind: 'events', body: textStream(toChatEvents(merge(answers), options)) };
    }
    return { kind: 'whole', body: toChatResponse(head, await Promise.all(answers.map(whole))) };
  }

  async complete(body: OpenAiCompletionRequest, client: Client): Promise<Reply<OpenAiCompletionResponse>> {
    const head = headOf('cmpl', body.model ?? this.generate.defaultModel);
    const count = body.n ?? 1;
    const prompts = [body.prompt].flat();
    const answers = await this.answer(toCompletionRequests(body), count, client);
    if (body.stream === true) {
      const includeUsage = body.stream_options?.include_usage === true;
      const options = { head, choices: answers.length, prompts: prompts.length, includeUsage };
      const echoes = body.echo === true ? prompts.flatMap((prompt) => Array<string>(count).fill(prompt)) : [];
      return { kind: 'events', body: textStream(toCompletionEvents(merge(answers), options, echoes)) };
    }
    const texts = await Promise.all(answers.map(whole));
    return { kind: 'whole', body: toCompletionResponse(head, texts, prompts, body.echo === true) };
  }

  /** Installed models and the aliases that lead to them. `base` is the URL that the client reached. */
  models(base: string): OpenAiModelList {
    const installed = this.lifecycle.installed();
    const aliases = this.lifecycle.aliases().map(({ alias, entry }) => ({ ...entry, id: alias }));
    return { project: 'parley', object: 'list', data: [...installed, ...aliases].map((entry) => toModel(entry, base)) };
  }

  private answer(
    requests: readonly GenerateRequest[],
    count: number,
    client: Client,
  ): Promise<readonly AnswerChunks[]> {
    return this.generate.generateAll(requests, count, callerOf(client, 'openai'), client.signal);
  }
}
