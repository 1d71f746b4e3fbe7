import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import { TokenService } from '../../../domains/embeddings/token.service.js';
import { ApiErrors, ApiJson } from '../../../http/openapi/api-docs.js';
import { callerOf, TheClient, type Client } from '../../../http/request/client.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { OpenAiError } from '../models/openai-models.schema.js';
import { toTokenizeRequest, toTokenizeResponse } from './openai-tokens.codec.js';
import {
  OpenAiDetokenizeRequest,
  OpenAiDetokenizeResponse,
  OpenAiTokenizeRequest,
  OpenAiTokenizeResponse,
  OpenAiTokenPiece,
} from './openai-tokens.schema.js';

const REFUSALS = {
  400: 'A parameter is wrong or not supported, or the model has no such token',
  404: 'No such model',
  503: 'Too many requests are waiting; see Retry-After',
};

@ApiTags('openai')
@ApiExtraModels(OpenAiTokenPiece)
@DialectController('openai')
export class OpenAiTokensController {
  constructor(private readonly tokens: TokenService) {}

  @Post('tokenize')
  @HttpCode(200)
  @ApiOperation({ operationId: 'tokenize', summary: 'The tokens that a model makes of a text or of messages' })
  @ApiJson(OpenAiTokenizeResponse, 'The tokens')
  @ApiErrors(OpenAiError, REFUSALS)
  async tokenize(@Body() body: OpenAiTokenizeRequest, @TheClient() client: Client): Promise<OpenAiTokenizeResponse> {
    const request = toTokenizeRequest(body);
    return toTokenizeResponse(body, await this.tokens.tokenize(request, callerOf(client, 'openai'), client.signal));
  }

  @Post('detokenize')
  @HttpCode(200)
  @ApiOperation({ operationId: 'detokenize', summary: 'The text that tokens stand for' })
  @ApiJson(OpenAiDetokenizeResponse, 'The text')
  @ApiErrors(OpenAiError, REFUSALS)
  async detokenize(
    @Body() { model, tokens }: OpenAiDetokenizeRequest,
    @TheClient() client: Client,
  ): Promise<OpenAiDetokenizeResponse> {
    const caller = callerOf(client, 'openai');
    const text = await this.tokens.detokenize(model ?? undefined, tokens, caller, client.signal);
    return { prompt: text, content: text };
  }
}
