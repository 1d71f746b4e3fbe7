import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { EmbedService } from '../../../domains/embeddings/embed.service.js';
import { ApiErrors, ApiJson } from '../../../http/openapi/api-docs.js';
import { callerOf, TheClient, type Client } from '../../../http/request/client.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { toEmbeddingResponse, toEmbedRequest } from './openai-embeddings.codec.js';
import { OpenAiEmbeddingRequest, OpenAiEmbeddingResponse } from './openai-embeddings.schema.js';
import { OpenAiError } from '../models/openai-models.schema.js';

@ApiTags('openai')
@DialectController('openai')
export class OpenAiEmbeddingsController {
  constructor(private readonly embed: EmbedService) {}

  @Post('v1/embeddings')
  @HttpCode(200)
  @ApiOperation({ operationId: 'createEmbedding', summary: 'Turn texts into vectors of unit length' })
  @ApiJson(OpenAiEmbeddingResponse, 'The vectors')
  @ApiErrors(OpenAiError, {
    400: 'A parameter is wrong, a text does not fit the context, or the model makes no vectors',
    404: 'No such model',
    503: 'Too many requests are waiting; see Retry-After',
  })
  async create(@Body() body: OpenAiEmbeddingRequest, @TheClient() client: Client): Promise<OpenAiEmbeddingResponse> {
    const embeddings = await this.embed.embed(toEmbedRequest(body), callerOf(client, 'openai'), client.signal);
    return toEmbeddingResponse(body.model ?? this.embed.defaultModel, embeddings, body.encoding_format ?? 'float');
  }
}
