import { Body, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BodyLimit, IMAGE_BODY_LIMIT } from '../../../http/body/body-limit.js';
import { ApiErrors, ApiJsonOrStream } from '../../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../../http/request/client.js';
import { EventAnswers } from '../../../http/responses/event-answers.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { OpenAiChatResponse } from './openai-chat-answer.schema.js';
import { OpenAiChatRequest, OpenAiContentPart } from './openai-chat.schema.js';
import { OpenAiCompletionRequest, OpenAiCompletionResponse } from './openai-completion.schema.js';
import { OpenAiError } from '../models/openai-models.schema.js';
import { OpenAiService } from './openai.service.js';
import { toErrorEvent } from './openai.stream.js';

const EVENT_STREAM = 'text/event-stream';

@ApiTags('openai')
@ApiExtraModels(OpenAiContentPart)
@DialectController('openai')
export class OpenAiController {
  constructor(
    private readonly service: OpenAiService,
    private readonly answers: EventAnswers,
  ) {}

  @Post('v1/chat/completions')
  @BodyLimit(IMAGE_BODY_LIMIT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'createChatCompletion', summary: 'Answer a conversation' })
  @ApiJsonOrStream(OpenAiChatResponse, 'The answer; with `stream: true` its chunks as server-sent events', {
    contentType: EVENT_STREAM,
    example:
      'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\ndata: [DONE]\n\n',
  })
  @ApiErrors(OpenAiError, {
    400: 'A parameter is wrong or not supported, or the prompt does not fit the context',
    404: 'No such model',
    503: 'Too many requests are waiting; see Retry-After',
  })
  chat(
    @Body() body: OpenAiChatRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.answers.send(this.service.chat(body, client), body.stream === true ? toErrorEvent : null, reply);
  }

  @Post('v1/completions')
  @HttpCode(200)
  @ApiOperation({ operationId: 'createCompletion', summary: 'Continue a text, without the chat template' })
  @ApiJsonOrStream(OpenAiCompletionResponse, 'The text; with `stream: true` its chunks as server-sent events', {
    contentType: EVENT_STREAM,
    example: 'data: {"object":"text_completion","choices":[{"index":0,"text":", there"}]}\n\ndata: [DONE]\n\n',
  })
  @ApiErrors(OpenAiError, {
    400: 'A parameter is wrong or not supported, or the prompt does not fit the context',
    404: 'No such model',
    503: 'Too many requests are waiting; see Retry-After',
  })
  complete(
    @Body() body: OpenAiCompletionRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.answers.send(this.service.complete(body, client), body.stream === true ? toErrorEvent : null, reply);
  }
}
