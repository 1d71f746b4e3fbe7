import { Body, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../http/auth/access.js';
import { ApiErrors, ApiJson, ApiJsonOrStream, ApiStream } from '../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { accepted, ApiLong, TheLongRequest, type LongRequest } from '../../http/request/long-request.js';
import { send } from '../../http/responses/text-stream.js';
import { DialectController, PrefixedController } from '../../http/routing/dialect.js';
import {
  RkllamaCurrentModel,
  RkllamaError,
  RkllamaGenerateRequest,
  RkllamaGenerateResponse,
  RkllamaLoadRequest,
  RkllamaMessage,
  RkllamaMessageResponse,
  RkllamaModels,
  RkllamaPullRequest,
  RkllamaRemoveRequest,
  RkllamaWelcome,
} from './rkllama.schema.js';
import { WELCOME } from './rkllama.sentences.js';
import { RkllamaPulls } from './rkllama.pulls.js';
import { RkllamaService } from './rkllama.service.js';

/** Paths that are this dialect's alone. */
@ApiTags('rkllama')
@DialectController('rkllama')
export class RkllamaController {
  constructor(private readonly service: RkllamaService) {}

  @Post('load_model')
  @HttpCode(200)
  @ApiOperation({ operationId: 'loadModel', summary: 'Load a model and make it the current one' })
  @ApiJson(RkllamaMessageResponse, 'The model is loaded')
  @ApiErrors(RkllamaError, { 400: 'A model is loaded already, the name is missing, or there is no such model' })
  load(@Body() body: RkllamaLoadRequest, @TheClient() client: Client): Promise<RkllamaMessageResponse> {
    return this.service.load(body.model_name, client);
  }

  @Post('unload_model')
  @HttpCode(200)
  @ApiOperation({ operationId: 'unloadModel', summary: 'Unload the current model' })
  @ApiJson(RkllamaMessageResponse, 'The model is unloaded')
  @ApiErrors(RkllamaError, { 400: 'No model is loaded' })
  unload(@TheClient() client: Client): Promise<RkllamaMessageResponse> {
    return this.service.unload(client);
  }

  @Get('current_model')
  @ApiOperation({ operationId: 'getCurrentModel', summary: 'Name of the current model' })
  @ApiJson(RkllamaCurrentModel, 'The current model')
  @ApiErrors(RkllamaError, { 404: 'No model is loaded' })
  currentModel(@TheClient() client: Client): Promise<RkllamaCurrentModel> {
    return this.service.currentModel(client);
  }
}

/** Models on disk: fetching and removing them. */
@ApiTags('rkllama')
@DialectController('rkllama')
export class RkllamaFilesController {
  constructor(
    private readonly pulls: RkllamaPulls,
    private readonly service: RkllamaService,
  ) {}

  @Post('pull')
  @HttpCode(200)
  @ApiOperation({ operationId: 'pullModel', summary: 'Download and install a model from the hub' })
  @ApiStream(
    'text/plain',
    'The progress in per cent, a line each',
    'Téléchargement model.gguf (770.28 MB)...\n42%\n100%\n',
  )
  @ApiLong()
  @ApiErrors(RkllamaError, {
    400: 'The model is not on the hub, or may not be fetched, or the download did not begin',
    503: 'The store of jobs is out of reach; see Retry-After',
    507: 'Not enough room on the disk',
  })
  async pull(
    @Body() { model }: RkllamaPullRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const job = await this.pulls.begin(model, client, long);
    return long.later ? accepted(job, long, reply) : send(await this.pulls.tell(job, model, client), reply);
  }

  @Post('rm')
  @HttpCode(200)
  @ApiOperation({ operationId: 'removeModel', summary: 'Unload a model and remove its files' })
  @ApiJson(RkllamaMessageResponse, 'The model is removed; a download of it is cancelled')
  @ApiErrors(RkllamaError, { 403: 'A starter model stays', 404: 'There is no such model' })
  remove(@Body() { model }: RkllamaRemoveRequest): Promise<RkllamaMessageResponse> {
    return this.service.remove(model);
  }

  @Delete('rm')
  @ApiOperation({ operationId: 'removeModelByDelete', summary: 'The same, as the examples of the document send it' })
  @ApiJson(RkllamaMessageResponse, 'The model is removed; a download of it is cancelled')
  @ApiErrors(RkllamaError, { 403: 'A starter model stays', 404: 'There is no such model' })
  removeByDelete(@Body() body: RkllamaRemoveRequest): Promise<RkllamaMessageResponse> {
    return this.remove(body);
  }
}

/** Paths shared with other dialects. */
@ApiTags('rkllama')
@ApiExtraModels(RkllamaMessage)
@PrefixedController('rkllama')
export class RkllamaSharedController {
  constructor(private readonly service: RkllamaService) {}

  @Get()
  @Public()
  @ApiOperation({ operationId: 'getWelcome', summary: 'A welcome, and where the project lives' })
  @ApiJson(RkllamaWelcome, 'A welcome')
  welcome(): RkllamaWelcome {
    return WELCOME;
  }

  @Get('models')
  @ApiOperation({ operationId: 'listModels', summary: 'Names of the models on disk' })
  @ApiJson(RkllamaModels, 'The models')
  @ApiErrors(RkllamaError, { 500: 'The models directory is missing' })
  models(): RkllamaModels {
    return this.service.models();
  }

  @Post('generate')
  @HttpCode(200)
  @ApiOperation({ operationId: 'generate', summary: 'Answer a prompt or a chat with the current model' })
  @ApiJsonOrStream(RkllamaGenerateResponse, 'The whole answer, or one JSON object a line with `stream: true`', {
    contentType: 'application/x-ndjson',
    example: '{"id":"rkllm_chat","choices":[{"role":"assistant","content":"Bon","finish_reason":null}]}\n',
  })
  @ApiErrors(RkllamaError, { 400: 'No model is loaded, or the request is not valid', 503: 'Too many requests wait' })
  async generate(
    @Body() body: RkllamaGenerateRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return send(await this.service.generate(body, client), reply);
  }
}
