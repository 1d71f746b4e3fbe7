import { Get, Param, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiErrors, ApiJson } from '../../../http/openapi/api-docs.js';
import { baseOf } from '../../../http/request/base-url.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { OpenAiError, OpenAiModel, OpenAiModelList } from './openai-models.schema.js';
import { OpenAiModels } from './openai-models.service.js';

@ApiTags('openai')
@DialectController('openai')
export class OpenAiModelsController {
  constructor(private readonly service: OpenAiModels) {}

  @Get('v1/models')
  @ApiOperation({ operationId: 'listModels', summary: 'Models that can be used now' })
  @ApiJson(OpenAiModelList, 'The models')
  @ApiErrors(OpenAiError, {})
  models(@Req() request: FastifyRequest): OpenAiModelList {
    return this.service.list(baseOf(request));
  }

  @Get('v1/models/:id')
  @ApiOperation({ operationId: 'getModel', summary: 'One model' })
  @ApiJson(OpenAiModel, 'The model')
  @ApiErrors(OpenAiError, { 404: 'No such model' })
  model(@Param('id') id: string, @Req() request: FastifyRequest): OpenAiModel {
    return this.service.find(id, baseOf(request));
  }
}
