import { Body, Delete, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { ChatService } from '../../domains/chat/chat.service.js';
import { ApiErrors, ApiStream } from '../../http/openapi/api-docs.js';
import { callerOf, TheClient, type Client } from '../../http/request/client.js';
import { DialectController } from '../../http/routing/dialect.js';
import { Autoload } from './autoload.js';
import { INVALID, NULL_ANSWER, nullBody, streamed } from './ml-backend.answers.js';
import { toQuestion } from './ml-backend.codec.js';
import {
  MlBackendError,
  MlBackendFromTextRequest,
  MlBackendModelRequest,
  MlBackendSystemPromptRequest,
} from './ml-backend.schema.js';

/** The conversation with a model. */
@ApiTags('ml-backend: conversation')
@DialectController('ml-backend')
export class MlBackendChatController {
  constructor(
    private readonly chat: ChatService,
    private readonly autoload: Autoload,
  ) {}

  @Post('generate/fromtext')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'generateFromText',
    summary: 'Ask within the conversation of this key, X-Session-Id and model',
    description: 'X-Dropped-Turns counts the messages that no longer fitted this prompt.',
  })
  @ApiStream('text/plain', 'The answer, streamed as it is generated', 'Nice to meet you, Wendy!')
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 404: 'No such model', 409: 'Not loaded, and AUTOLOAD is off', 503: 'Too many wait' })
  async fromText(
    @Body() body: MlBackendFromTextRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    await this.autoload.install(body.model_name, client);
    const answer = await this.chat.ask(toQuestion(body, client.session), callerOf(client, 'ml-backend'), client.signal);
    return streamed(answer, reply);
  }

  @Delete('chat/clearchat')
  @ApiOperation({ operationId: 'clearChat', summary: 'Empty the conversation; its system prompt stays' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 404: 'No such model' })
  async clear(
    @Body() body: MlBackendModelRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.chat.clear(body.model_name, client.session, callerOf(client, 'ml-backend'));
    return nullBody(reply);
  }

  @Post('chat/addsystemprompt')
  @HttpCode(200)
  @ApiOperation({ operationId: 'addSystemPrompt', summary: 'Replace the system prompt of the conversation' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 404: 'No such model' })
  async addSystemPrompt(
    @Body() body: MlBackendSystemPromptRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const caller = callerOf(client, 'ml-backend');
    await this.chat.setSystemPrompt(body.model_name, client.session, body.system_prompt, caller);
    return nullBody(reply);
  }
}
