import { Injectable } from '@nestjs/common';
import { GenerateService, type GenerateRequest } from '../../generate/generate.service.js';
import { merge } from '../../generate/merge.js';
import { whole, type AnswerChunks } from '../../generate/text-answer.js';
import { isSupported } from '../../inference/catalogue/model-entry.js';
import { LifecycleService } from '../../lifecycle/lifecycle.service.js';
import { callerOf, type Client } from '../client.js';
import { streamedAnswer, wholeAnswer, type Answer } from '../text-stream.js';
import type { OpenAiChatRequest, OpenAiChatResponse } from './openai-chat.schema.js';
import type { OpenAiCompletionRequest, OpenAiCompletionResponse } from './openai-completion.schema.js';
import type { OpenAiModelList } from './openai-models.schema.js';
import { headOf, toChatRequest, toChatResponse, toCompletionRequests, toCompletionResponse } from './openai.codec.js';
import { isServed, toModel } from './openai-models.codec.js';
import { OpenAiPictures } from './openai-pictures.js';
import { toChatEvents, toCompletionEvents } from './openai.stream.js';
import { refuseUnsupportedChat } from './unsupported.js';

const EVENT_STREAM = 'text/event-stream';

@Injectable()
export class OpenAiService {
  constructor(
    private readonly generate: GenerateService,
    private readonly lifecycle: LifecycleService,
    private readonly pictures: OpenAiPictures,
  ) {}

  async chat(body: OpenAiChatRequest, client: Client): Promise<Answer<OpenAiChatResponse>> {
    refuseUnsupportedChat(body);
    const images = await this.pictures.of(body, client.signal);
    const { defaultModel, defaultVisionModel } = this.generate;
    const head = headOf('chatcmpl', body.model ?? (images.length === 0 ? defaultModel : defaultVisionModel));
    const count = body.n ?? 1;
    const answers = await this.answer([toChatRequest(body, images)], count, client);
    if (body.stream === true) {
      const includeUsage = body.stream_options?.include_usage === true;
      const options = { head, choices: answers.length, prompts: 1, includeUsage };
      return streamedAnswer(EVENT_STREAM, toChatEvents(merge(answers), options));
    }
    return wholeAnswer(toChatResponse(head, await Promise.all(answers.map(whole))));
  }

  async complete(body: OpenAiCompletionRequest, client: Client): Promise<Answer<OpenAiCompletionResponse>> {
    const head = headOf('cmpl', body.model ?? this.generate.defaultModel);
    const count = body.n ?? 1;
    const prompts = [body.prompt].flat();
    const answers = await this.answer(toCompletionRequests(body), count, client);
    if (body.stream === true) {
      const includeUsage = body.stream_options?.include_usage === true;
      const options = { head, choices: answers.length, prompts: prompts.length, includeUsage };
      const echoes = body.echo === true ? prompts.flatMap((prompt) => Array<string>(count).fill(prompt)) : [];
      return streamedAnswer(EVENT_STREAM, toCompletionEvents(merge(answers), options, echoes));
    }
    const texts = await Promise.all(answers.map(whole));
    return wholeAnswer(toCompletionResponse(head, texts, prompts, body.echo === true));
  }

  /** Installed models and the aliases that lead to them. `base` is the URL that the client reached. */
  models(base: string): OpenAiModelList {
    const installed = this.lifecycle.installed().filter(isSupported);
    const aliases = this.lifecycle.aliases().map(({ alias, entry }) => ({ ...entry, id: alias }));
    const served = [...installed, ...aliases].filter(isServed);
    return { project: 'parley', object: 'list', data: served.map((entry) => toModel(entry, base)) };
  }

  private answer(
    requests: readonly GenerateRequest[],
    count: number,
    client: Client,
  ): Promise<readonly AnswerChunks[]> {
    return this.generate.generateAll(requests, count, callerOf(client, 'openai'), client.signal);
  }
}
