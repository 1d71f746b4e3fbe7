import { HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { ApiErrors, ApiForm, ApiStream } from '../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { DialectController } from '../../http/routing/dialect.js';
import { FormReader } from '../../http/body/form-reader.js';
import { MlBackendError, MlBackendFromImageTextForm, MlBackendValidationError } from './ml-backend.schema.js';
import { PICTURES } from './ml-backend.codec.js';
import { PictureChat } from './picture-chat.js';

/** The conversation with a model that sees pictures. */
@ApiTags('ml-backend: conversation')
@DialectController('ml-backend')
export class MlBackendPictureController {
  constructor(
    private readonly chat: PictureChat,
    private readonly forms: FormReader,
  ) {}

  @Post('generate/fromimagetext')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'generateFromImageText',
    summary: 'Ask about pictures within the conversation of this key, X-Session-Id and model',
    description: 'The history keeps what was said, not the pictures. X-Dropped-Turns is as for fromtext.',
  })
  @ApiForm(MlBackendFromImageTextForm, { image_files: 'any' })
  @ApiStream('text/plain', 'The answer, streamed as it is generated', 'A red circle on a blue background.')
  @ApiUnprocessableEntityResponse({ description: 'The form is not valid', type: MlBackendValidationError })
  @ApiErrors(MlBackendError, {
    400: 'A file or a link is no picture, or the model reads none',
    404: 'No such model',
    409: 'Not loaded, and AUTOLOAD is off',
    413: 'A picture is larger than 20 MB',
    503: 'Too many wait',
  })
  async fromImageText(
    @Req() request: FastifyRequest,
    @TheClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const { fields, files } = await this.forms.read(request, MlBackendFromImageTextForm, PICTURES);
    return this.chat.ask(fields, files, client, reply);
  }
}
