import { Body, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BodyLimit, IMAGE_BODY_LIMIT } from '../../../http/body/body-limit.js';
import { ApiErrors, ApiJson, ApiJsonOrStream } from '../../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../../http/request/client.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { EventAnswers } from '../../../http/responses/event-answers.js';
import { OpenAiError } from '../models/openai-models.schema.js';
import { OpenAiResponse, OpenAiResponseDeleted, OpenAiResponseItemList } from './openai-response.schema.js';
import { OpenAiInputItemsQuery, OpenAiResponseQuery, OpenAiResponseRequest } from './openai-responses.schema.js';
import { OpenAiResponses } from './openai-responses.service.js';
import { toErrorEvent } from './openai-responses.stream.js';

const NO_RESPONSE = {
  404: 'No such response of this key, or no longer',
  503: 'The store is out of reach; see Retry-After',
};

@ApiTags('openai')
@DialectController('openai')
export class OpenAiResponsesController {
  constructor(
    private readonly responses: OpenAiResponses,
    private readonly answers: EventAnswers,
  ) {}

  @Post('v1/responses')
  @BodyLimit(IMAGE_BODY_LIMIT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'createResponse', summary: 'Answer, and keep the conversation to go on from' })
  @ApiJsonOrStream(OpenAiResponse, "The response; with `stream: true` OpenAI's typed events as server-sent events", {
    contentType: 'text/event-stream',
    example:
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":4,"delta":"Hel"}\n\n',
  })
  @ApiErrors(OpenAiError, {
    400: 'A parameter is wrong or not supported, there is no such previous response, or the prompt does not fit',
    404: 'No such model',
    413: 'The conversation holds more than is kept',
    503: 'Too many requests are waiting, or the store is out of reach; see Retry-After',
  })
  create(
    @Body() body: OpenAiResponseRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.answers.send(this.responses.create(body, client), body.stream === true ? toErrorEvent : null, reply);
  }

  @Get('v1/responses/:id')
  @ApiOperation({ operationId: 'getResponse', summary: 'A response that is kept' })
  @ApiJson(OpenAiResponse, 'The response')
  @ApiErrors(OpenAiError, { 400: 'A stream was asked for', ...NO_RESPONSE })
  retrieve(
    @Param('id') id: string,
    @Query() query: OpenAiResponseQuery,
    @TheClient() client: Client,
  ): Promise<OpenAiResponse> {
    return this.responses.retrieve(id, query, client);
  }

  @Delete('v1/responses/:id')
  @HttpCode(200)
  @ApiOperation({ operationId: 'deleteResponse', summary: 'Forget a response; those that follow it stay' })
  @ApiJson(OpenAiResponseDeleted, 'It is gone')
  @ApiErrors(OpenAiError, NO_RESPONSE)
  remove(@Param('id') id: string, @TheClient() client: Client): Promise<OpenAiResponseDeleted> {
    return this.responses.remove(id, client);
  }

  @Get('v1/responses/:id/input_items')
  @ApiOperation({
    operationId: 'listInputItems',
    summary: 'What a response was made from, the conversation before it included',
  })
  @ApiJson(OpenAiResponseItemList, 'The items')
  @ApiErrors(OpenAiError, { 400: 'The query is not valid', ...NO_RESPONSE })
  inputItems(
    @Param('id') id: string,
    @Query() query: OpenAiInputItemsQuery,
    @TheClient() client: Client,
  ): Promise<OpenAiResponseItemList> {
    return this.responses.inputItems(id, query, client);
  }

  @Post('v1/responses/:id/cancel')
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelResponse', summary: 'Always refused: no response runs in the background' })
  @ApiJson(OpenAiResponse, 'Never')
  @ApiErrors(OpenAiError, { 400: 'Only a response that runs in the background can be cancelled', ...NO_RESPONSE })
  cancel(@Param('id') id: string, @TheClient() client: Client): Promise<never> {
    return this.responses.cancel(id, client);
  }
}
