import { Injectable } from '@nestjs/common';
import { GenerateService, type Answers, type GenerateRequest } from '../../../domains/generate/generate.service.js';
import { merge } from '../../../domains/generate/merge.js';
import { whole } from '../../../domains/generate/text-answer.js';
import { callerOf, type Client } from '../../../http/request/client.js';
import { eventsAnswer } from '../../../http/responses/event-answers.js';
import { wholeAnswer, type Answer } from '../../../http/responses/text-stream.js';
import { headOf, toChatResponse, toCompletionResponse, type AnswerHead } from './openai-answer.codec.js';
import type { OpenAiChatResponse } from './openai-chat-answer.schema.js';
import type { OpenAiChatRequest } from './openai-chat.schema.js';
import type { OpenAiCompletionRequest, OpenAiCompletionResponse } from './openai-completion.schema.js';
import { OpenAiPictures } from './openai-pictures.js';
import { toChatRequest, toCompletionRequests } from './openai-request.codec.js';
import { toChatEvents, toCompletionEvents } from './openai.stream.js';
import { narrowedHeaders } from '../schema-header.js';
import { refuseUnsupportedChat, refuseUnsupportedCompletion } from './unsupported.js';

@Injectable()
export class OpenAiService {
  constructor(
    private readonly generate: GenerateService,
    private readonly pictures: OpenAiPictures,
  ) {}

  async chat(body: OpenAiChatRequest, client: Client): Promise<Answer<OpenAiChatResponse>> {
    refuseUnsupportedChat(body);
    const images = await this.pictures.of(body, client);
    const { defaultModel, defaultVisionModel } = this.generate;
    const request = toChatRequest(body, images);
    const { chunks, narrowed } = await this.answer([request], body.n ?? 1, client);
    const head = this.head('chatcmpl', body.model ?? (images.length === 0 ? defaultModel : defaultVisionModel));
    const headers = narrowedHeaders(narrowed);
    if (body.stream === true) {
      const includeUsage = body.stream_options?.include_usage === true;
      const options = { head, choices: chunks.length, prompts: 1, includeUsage };
      return eventsAnswer(toChatEvents(merge(chunks), options), headers);
    }
    const answers = await Promise.all(chunks.map(whole));
    return wholeAnswer(toChatResponse(head, answers, request.logprobs !== undefined), headers);
  }

  async complete(body: OpenAiCompletionRequest, client: Client): Promise<Answer<OpenAiCompletionResponse>> {
    refuseUnsupportedCompletion(body);
    const count = body.n ?? 1;
    const prompts = [body.prompt].flat();
    const { chunks } = await this.answer(toCompletionRequests(body), count, client);
    const head = this.head('cmpl', body.model ?? this.generate.defaultModel);
    const echo = body.echo === true;
    if (body.stream === true) {
      const includeUsage = body.stream_options?.include_usage === true;
      const options = { head, choices: chunks.length, prompts: prompts.length, includeUsage };
      const echoes = echo ? prompts.flatMap((prompt) => Array<string>(count).fill(prompt)) : [];
      return eventsAnswer(toCompletionEvents(merge(chunks), options, echoes));
    }
    const texts = await Promise.all(chunks.map(whole));
    return wholeAnswer(
      toCompletionResponse(head, texts, prompts, { echo, logprobs: typeof body.logprobs === 'number' }),
    );
  }

  private head(prefix: 'chatcmpl' | 'cmpl', model: string): AnswerHead {
    return headOf(prefix, model, this.generate.fingerprintOf(model));
  }

  private answer(requests: readonly GenerateRequest[], count: number, client: Client): Promise<Answers> {
    return this.generate.generateAll(requests, count, callerOf(client, 'openai'), client.signal);
  }
}
