import { Body, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../http/auth/access.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { DialectController, PrefixedController } from '../../http/routing/dialect.js';
import { ApiErrors, ApiJson, ApiJsonOrStream } from '../../http/openapi/api-docs.js';
import {
  DetailError,
  LlamaLocalGenerateRequest,
  LlamaLocalGenerateResponse,
  LlamaLocalHealth,
  LlamaLocalModelInfo,
} from './llama-local.schema.js';
import { LlamaLocalService } from './llama-local.service.js';

/** Paths that are this dialect's alone. */
@ApiTags('llama-local')
@DialectController('llama-local')
export class LlamaLocalController {
  constructor(private readonly service: LlamaLocalService) {}

  @Get('model-info')
  @ApiOperation({ operationId: 'getModelInfo', summary: 'Facts of the default text model' })
  @ApiJson(LlamaLocalModelInfo, 'The model is loaded')
  @ApiErrors(DetailError, { 503: 'The model is not loaded' })
  modelInfo(): LlamaLocalModelInfo {
    return this.service.modelInfo();
  }
}

/** Paths shared with other dialects. */
@ApiTags('llama-local')
@PrefixedController('llama-local')
export class LlamaLocalSharedController {
  constructor(private readonly service: LlamaLocalService) {}

  @Post('generate')
  @HttpCode(200)
  @ApiOperation({ operationId: 'generate', summary: 'Generate text from a prompt' })
  @ApiJsonOrStream(LlamaLocalGenerateResponse, 'Pieces as server-sent events, or the whole with `stream: false`', {
    contentType: 'text/event-stream',
    example: 'data: The capital\n\ndata: [DONE]\n\n',
  })
  @ApiErrors(DetailError, {
    400: 'A parameter is out of range, or the prompt does not fit the context',
    503: 'The model is not loaded and cannot be, or too many requests are waiting',
  })
  generate(
    @Body() body: LlamaLocalGenerateRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.service.answer(body, client, reply);
  }

  @Get('health')
  @Public()
  @ApiOperation({ operationId: 'getHealth', summary: 'Whether the default text model is loaded; always 200' })
  @ApiJson(LlamaLocalHealth, 'The state of the service')
  health(): LlamaLocalHealth {
    return this.service.health();
  }
}
