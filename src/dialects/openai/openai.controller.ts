import { Body, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ParleyError } from '../../inference/errors.js';
import { ApiErrors, ApiJson, ApiJsonOrStream } from '../api-docs.js';
import { TheClient, type Client } from '../client.js';
import { send } from '../text-stream.js';
import { baseOf } from '../base-url.js';
import { DialectController } from '../dialect.js';
import { OpenAiChatRequest, OpenAiChatResponse, OpenAiContentPart } from './openai-chat.schema.js';
import { OpenAiCompletionRequest, OpenAiCompletionResponse } from './openai-completion.schema.js';
import { OpenAiError, OpenAiModel, OpenAiModelList } from './openai-models.schema.js';
import { OpenAiService } from './openai.service.js';

const EVENT_STREAM = 'text/event-stream';

@ApiTags('openai')
@ApiExtraModels(OpenAiContentPart)
@DialectController('openai')
export class OpenAiController {
  constructor(private readonly service: OpenAiService) {}

  @Post('v1/chat/completions')
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
  async chat(
    @Body() body: OpenAiChatRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return send(await this.service.chat(body, client), reply);
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
  async complete(
    @Body() body: OpenAiCompletionRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return send(await this.service.complete(body, client), reply);
  }

  @Get('v1/models')
  @ApiOperation({ operationId: 'listModels', summary: 'Models that can be used now' })
  @ApiJson(OpenAiModelList, 'The models')
  @ApiErrors(OpenAiError, {})
  models(@Req() request: FastifyRequest): OpenAiModelList {
    return this.service.models(baseOf(request));
  }

  @Get('v1/models/:id')
  @ApiOperation({ operationId: 'getModel', summary: 'One model' })
  @ApiJson(OpenAiModel, 'The model')
  @ApiErrors(OpenAiError, { 404: 'No such model' })
  model(@Param('id') id: string, @Req() request: FastifyRequest): OpenAiModel {
    const found = this.service.models(baseOf(request)).data.find((model) => model.id === id);
    if (found === undefined)
      throw new ParleyError('model_not_found', `There is no model named "${id}".`, { param: 'model' });
    return found;
  }
}
