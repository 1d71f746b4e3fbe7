import { applyDecorators, Body, HttpCode, Post } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RankService } from '../../../domains/embeddings/rank.service.js';
import { ApiErrors, ApiJson } from '../../../http/openapi/api-docs.js';
import { callerOf, TheClient, type Client } from '../../../http/request/client.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { OpenAiError } from '../models/openai-models.schema.js';
import { toRankRequest, toRerankResponse } from './openai-rerank.codec.js';
import { OpenAiRerankDocument, OpenAiRerankRequest, OpenAiRerankResponse } from './openai-rerank.schema.js';

/** One path of the three that clients know the same route by. */
const RerankRoute = (path: string, operationId: string, summary: string): MethodDecorator =>
  applyDecorators(
    Post(path),
    HttpCode(200),
    ApiOperation({ operationId, summary }),
    ApiJson(OpenAiRerankResponse, 'The documents, the best first'),
    ApiErrors(OpenAiError, {
      400: 'A parameter is wrong or not supported, a text does not fit the context, or the model cannot compare texts',
      404: 'No such model',
      503: 'Too many requests are waiting; see Retry-After',
    }),
  );

@ApiTags('openai')
@ApiExtraModels(OpenAiRerankDocument)
@DialectController('openai')
export class OpenAiRerankController {
  constructor(private readonly ranks: RankService) {}

  @RerankRoute('v1/rerank', 'rerank', 'Order documents by how well they answer a query')
  async rerank(@Body() body: OpenAiRerankRequest, @TheClient() client: Client): Promise<OpenAiRerankResponse> {
    const ranking = await this.ranks.rank(toRankRequest(body), callerOf(client, 'openai'), client.signal);
    return toRerankResponse(body.model ?? this.ranks.defaultModel, body, ranking);
  }

  @RerankRoute('v2/rerank', 'rerankAsCohere', 'The same, where clients of Cohere look for it')
  rerankAsCohere(@Body() body: OpenAiRerankRequest, @TheClient() client: Client): Promise<OpenAiRerankResponse> {
    return this.rerank(body, client);
  }

  @RerankRoute('rerank', 'rerankAsServers', 'The same, where vLLM and llama-server have it, too')
  rerankAsServers(@Body() body: OpenAiRerankRequest, @TheClient() client: Client): Promise<OpenAiRerankResponse> {
    return this.rerank(body, client);
  }
}
