import { Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JobBody } from '../../http/api/jobs/job.schema.js';
import { Public } from '../../http/auth/access.js';
import { ApiErrors, ApiForm, ApiJson } from '../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { DialectController, PrefixedController } from '../../http/routing/dialect.js';
import { FormReader } from '../../http/body/form-reader.js';
import { accepted, ApiLong, TheLongRequest, type LongRequest } from '../../http/request/long-request.js';
import { fileIn, missingFile } from '../../http/body/multipart.js';
import { ChatvlmBatches } from './chatvlm.batches.js';
import { ONE_FILE, pictureOf, SEVERAL_FILES } from './chatvlm.codec.js';
import { ChatvlmBatchForm, ChatvlmChatForm, ChatvlmOcrForm } from './chatvlm-forms.schema.js';
import {
  ChatvlmBatchResponse,
  ChatvlmChatResponse,
  ChatvlmError,
  ChatvlmHealth,
  ChatvlmModels,
  ChatvlmOcrResponse,
  ChatvlmUnloaded,
  ChatvlmWelcome,
} from './chatvlm.schema.js';
import { ChatvlmService } from './chatvlm.service.js';

const REFUSALS = {
  400: 'The file is no picture, or a parameter is out of range',
  404: 'There is no such model',
  413: 'The file is larger than 10 MB',
  503: 'Too many requests wait',
  504: 'It took longer than CHATVLM_TIMEOUT, 30 s',
};

/** Paths that are this dialect's alone. */
@ApiTags('chatvlm')
@DialectController('chatvlm')
export class ChatvlmController {
  constructor(
    private readonly service: ChatvlmService,
    private readonly forms: FormReader,
  ) {}

  @Post('ocr')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'readText',
    summary: 'Read the text off a picture; parameters in the query or the form',
  })
  @ApiQuery({ type: ChatvlmOcrForm })
  @ApiForm(ChatvlmOcrForm, { file: 'one' })
  @ApiJson(ChatvlmOcrResponse, 'The text')
  @ApiErrors(ChatvlmError, REFUSALS)
  async read(@Req() request: FastifyRequest, @TheClient() client: Client): Promise<ChatvlmOcrResponse> {
    const form = await this.forms.read(request, ChatvlmOcrForm, ONE_FILE);
    return this.service.read(pictureOf(fileIn(form.files, 'file', ONE_FILE)), form.fields, client);
  }

  @Post('chat')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'chatAboutPicture',
    summary: 'Ask about a picture; parameters in the query or the form',
  })
  @ApiQuery({ type: ChatvlmChatForm })
  @ApiForm(ChatvlmChatForm, { file: 'one' })
  @ApiJson(ChatvlmChatResponse, 'The answer')
  @ApiErrors(ChatvlmError, REFUSALS)
  async chat(@Req() request: FastifyRequest, @TheClient() client: Client): Promise<ChatvlmChatResponse> {
    const form = await this.forms.read(request, ChatvlmChatForm, ONE_FILE);
    return this.service.chat(pictureOf(fileIn(form.files, 'file', ONE_FILE)), form.fields, client);
  }

  @Delete('models/:model_name')
  @ApiOperation({ operationId: 'unloadModel', summary: 'Unload a model' })
  @ApiJson(ChatvlmUnloaded, 'It is unloaded; its memory is free')
  @ApiErrors(ChatvlmError, { 404: 'The model is not loaded, or there is none of this name' })
  unload(@Param('model_name') model: string): Promise<ChatvlmUnloaded> {
    return this.service.unload(model);
  }
}

/** Many pictures at once. */
@ApiTags('chatvlm')
@DialectController('chatvlm')
export class ChatvlmBatchController {
  constructor(
    private readonly batches: ChatvlmBatches,
    private readonly forms: FormReader,
  ) {}

  @Post('batch/ocr')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'readTexts',
    summary: 'Read the text off up to ten pictures, each by itself: one bad file fails no other',
  })
  @ApiQuery({ type: ChatvlmBatchForm })
  @ApiForm(ChatvlmBatchForm, { files: 'several' })
  @ApiLong()
  @ApiJson(ChatvlmBatchResponse, 'The texts')
  @ApiErrors(ChatvlmError, { ...REFUSALS, 400: 'There are no files, or more than ten' })
  async read(
    @Req() request: FastifyRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatvlmBatchResponse | JobBody> {
    const keep = this.batches.keep.bind(this.batches);
    const { files, fields } = await this.forms.readKeeping(request, ChatvlmBatchForm, SEVERAL_FILES, keep);
    if (files.length === 0) throw missingFile('files');
    const job = await this.batches.begin(files, fields, client, long);
    return long.later ? accepted(job, long, reply) : this.batches.result(job, fields, client);
  }
}

/** Paths shared with other dialects. */
@ApiTags('chatvlm')
@PrefixedController('chatvlm')
export class ChatvlmSharedController {
  constructor(private readonly service: ChatvlmService) {}

  @Get()
  @Public()
  @ApiOperation({ operationId: 'getWelcome', summary: 'What this is, and where to look next' })
  @ApiJson(ChatvlmWelcome, 'A welcome')
  welcome(): ChatvlmWelcome {
    return this.service.welcome();
  }

  @Get('models')
  @ApiOperation({ operationId: 'listModels', summary: 'Models that can read pictures' })
  @ApiJson(ChatvlmModels, 'The models')
  models(): ChatvlmModels {
    return this.service.models();
  }

  @Get('health')
  @Public()
  @ApiOperation({ operationId: 'getHealth', summary: 'Whether the service is up, its GPU and its loaded models' })
  @ApiJson(ChatvlmHealth, 'The state of the service')
  health(): ChatvlmHealth {
    return this.service.health();
  }
}
