import { Body, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { ChatService } from '../../chat/chat.service.js';
import type { JobBody } from '../../jobs/api/job.schema.js';
import { ModelJobs } from '../../jobs/model-jobs.js';
import { LifecycleService, type LaunchRequest } from '../../lifecycle/lifecycle.service.js';
import { ApiErrors, ApiJson, ApiStream } from '../api-docs.js';
import { callerOf, TheClient, type Client } from '../client.js';
import { DialectController } from '../dialect.js';
import { accepted, ApiLong, askerOf, TheLongRequest, type LongRequest } from '../long-request.js';
import { send, streamedAnswer } from '../text-stream.js';
import { Autoload } from './autoload.js';
import { LAUNCH_REPLY } from './launch-reply.js';
import { piecesOf, toLaunchRequest, toQuestion } from './ml-backend.codec.js';
import {
  MlBackendError,
  MlBackendFromTextRequest,
  MlBackendIsHeavyResponse,
  MlBackendLaunchRequest,
  MlBackendModelRequest,
  MlBackendSystemPromptRequest,
  MlBackendValidationError,
} from './ml-backend.schema.js';

const NULL_ANSWER = {
  description: 'Done; the body is `null`',
  schema: { type: 'object', nullable: true, example: null },
};
const NAMES = { description: 'Names', schema: { type: 'array', items: { type: 'string' }, example: ['starter-chat'] } };
const INVALID = { description: 'The body is not valid', type: MlBackendValidationError };

/** Models: launching, ending, removing, listing. */
@ApiTags('ml-backend: models')
@DialectController('ml-backend')
export class MlBackendModelController {
  constructor(
    private readonly lifecycle: LifecycleService,
    private readonly models: ModelJobs,
  ) {}

  @Post('model/launch')
  @HttpCode(200)
  @ApiOperation({ operationId: 'launchModel', summary: 'Start a model; it is downloaded if it is not installed' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiLong()
  @ApiErrors(MlBackendError, {
    403: 'Heavy, and FULL_VERSION is off',
    404: 'No such model, here or on the hub',
    503: 'No memory for it now, or the hub or the store of jobs is out of reach',
    507: 'Not enough room on the disk',
  })
  async launch(
    @Body() body: MlBackendLaunchRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | JobBody> {
    return this.answerLaunch(toLaunchRequest(body), client, long, reply);
  }

  @Post('heavy/model/launch')
  @HttpCode(200)
  @ApiOperation({ operationId: 'launchHeavyModel', summary: 'Start a heavy model' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiLong()
  @ApiErrors(MlBackendError, { 400: 'The model is not heavy', 403: 'FULL_VERSION is off', 404: 'No such model' })
  async launchHeavy(
    @Body() body: MlBackendModelRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | JobBody> {
    this.lifecycle.checkHeavyLaunch(body.model_name);
    return this.answerLaunch({ model: body.model_name, contextSize: null }, client, long, reply);
  }

  @Delete('model/kill')
  @ApiOperation({ operationId: 'killModel', summary: 'End a running model; its memory is free when this returns' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 404: 'The model is not active' })
  async kill(@Body() body: MlBackendModelRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    await this.lifecycle.kill(body.model_name);
    return nullBody(reply);
  }

  @Delete('model/delete')
  @ApiOperation({
    operationId: 'deleteModel',
    summary: 'End a model and remove its files; a download of it is cancelled',
  })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 403: 'A starter model stays', 404: 'The model is not installed' })
  async remove(@Body() body: MlBackendModelRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    await this.models.remove(body.model_name);
    return nullBody(reply);
  }

  @Get('model/getactive')
  @ApiOperation({ operationId: 'getActiveModels', summary: 'Models that are loaded now' })
  @ApiOkResponse(NAMES)
  active(): string[] {
    return this.lifecycle.active();
  }

  @Get('model/getravailabletodownload')
  @ApiOperation({ operationId: 'getAvailableModels', summary: 'Models that this version can run (sic)' })
  @ApiOkResponse(NAMES)
  available(): string[] {
    return this.lifecycle.available().map((entry) => entry.id);
  }

  @Get('model/getavailabletodownload')
  @ApiOperation({ operationId: 'getAvailableModelsAsSpelled', summary: 'The same, spelled as it was meant' })
  @ApiOkResponse(NAMES)
  availableAsSpelled(): string[] {
    return this.available();
  }

  @Post('model/ismodelheavy')
  @HttpCode(200)
  @ApiOperation({ operationId: 'isModelHeavy', summary: 'Whether a model is heavy' })
  @ApiJson(MlBackendIsHeavyResponse, 'Heavy or not')
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 404: 'No such model' })
  isHeavy(@Body() body: MlBackendModelRequest): MlBackendIsHeavyResponse {
    return { is_heavy: this.lifecycle.isHeavy(body.model_name) };
  }

  private async answerLaunch(
    request: LaunchRequest,
    client: Client,
    long: LongRequest,
    reply: FastifyReply,
  ): Promise<string | JobBody> {
    const asker = askerOf(client, long);
    if (long.later) return accepted(await this.models.launchLater(request, LAUNCH_REPLY, asker), long, reply);
    await this.models.launch(request, LAUNCH_REPLY, asker, client.signal);
    return nullBody(reply);
  }
}

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
    if (answer.droppedMessages > 0) void reply.header('X-Dropped-Turns', String(answer.droppedMessages));
    return send(streamedAnswer('text/plain', piecesOf(answer.chunks)), reply);
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

/** FastAPI answers `null` for nothing; Fastify would answer with an empty body. */
function nullBody(reply: FastifyReply): string {
  void reply.type('application/json; charset=utf-8');
  return 'null';
}
