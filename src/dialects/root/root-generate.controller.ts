import { Body, HttpCode, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ApiErrors } from '../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { ServiceController } from '../../http/routing/dialect.js';
import { LlamaLocalService } from '../llama-local/llama-local.service.js';
import { LlamaLocalGenerateRequest, LlamaLocalGenerateResponse } from '../llama-local/llama-local.schema.js';
import { RkllamaService } from '../rkllama/rkllama.service.js';
import { RkllamaGenerateRequest, RkllamaGenerateResponse } from '../rkllama/rkllama.schema.js';
import { send } from '../../http/responses/text-stream.js';
import { RequestValidationPipe } from '../../http/body/validation.pipe.js';
import { dialectOfGenerate } from './root.codec.js';
import { RootError } from '../../http/errors/service-error.schema.js';

/** `POST /generate` at the root: the body tells which dialect is meant; from there on that dialect answers. */
@ApiTags('root')
@ApiExtraModels(LlamaLocalGenerateRequest, LlamaLocalGenerateResponse, RkllamaGenerateRequest, RkllamaGenerateResponse)
@ServiceController('generate', 'shared')
export class RootGenerateController {
  private readonly validation: RequestValidationPipe;

  constructor(
    private readonly llamaLocal: LlamaLocalService,
    private readonly rkllama: RkllamaService,
    @Inject(SETTINGS_TOKEN) settings: Settings,
  ) {
    this.validation = new RequestValidationPipe(settings.strict);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'generate',
    summary: 'Generate text: with `prompt` as llama-local, with `messages` as rkllama',
  })
  @ApiBody({
    schema: {
      oneOf: [{ $ref: getSchemaPath(LlamaLocalGenerateRequest) }, { $ref: getSchemaPath(RkllamaGenerateRequest) }],
    },
  })
  @ApiResponse({
    status: 200,
    description: "The answer as the body's dialect words it",
    content: {
      'application/json': {
        schema: {
          oneOf: [
            { $ref: getSchemaPath(LlamaLocalGenerateResponse) },
            { $ref: getSchemaPath(RkllamaGenerateResponse) },
          ],
        },
      },
      'text/event-stream': { schema: { type: 'string' }, example: 'data: The capital\n\ndata: [DONE]\n\n' },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  })
  @ApiErrors(RootError, {
    400: 'Both or neither of `prompt` and `messages`, or what the dialect says',
    503: 'Too many requests wait',
  })
  async generate(
    @Body() body: unknown,
    @TheClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    request.dialect = dialectOfGenerate(body);
    if (request.dialect === 'rkllama') {
      return send(await this.rkllama.generate(await this.checked(body, RkllamaGenerateRequest), client), reply);
    }
    return this.llamaLocal.answer(await this.checked(body, LlamaLocalGenerateRequest), client, reply);
  }

  private async checked<T>(body: unknown, metatype: Type<T>): Promise<T> {
    return (await this.validation.transform(body, { type: 'body', metatype })) as T;
  }
}
