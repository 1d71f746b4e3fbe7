import { Body, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiErrors } from '../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { DialectController } from '../../http/routing/dialect.js';
import { accepted, ApiLong, TheLongRequest, type LongRequest } from '../../http/request/long-request.js';
import { Drawing } from './drawing.service.js';
import { INVALID } from './ml-backend.answers.js';
import { MlBackendDrawRequest, MlBackendError } from './ml-backend.schema.js';

/** Pictures from words. */
@ApiTags('ml-backend: media')
@DialectController('ml-backend')
export class MlBackendDrawingController {
  constructor(private readonly drawing: Drawing) {}

  @Post('generate/imagefromtext')
  @HttpCode(200)
  @ApiOperation({ operationId: 'generateImageFromText', summary: 'Draw a picture' })
  @ApiOkResponse({
    description: 'The picture',
    content: { 'image/png': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiLong()
  @ApiErrors(MlBackendError, {
    400: 'The model does not draw, or not at this size',
    403: 'Heavy, and FULL_VERSION is off',
    404: 'No such model',
    409: 'Not loaded, and AUTOLOAD is off',
    503: 'Too many wait, or the store of jobs is out of reach',
    504: 'It took longer than IMAGE_TIMEOUT',
  })
  async draw(
    @Body() body: MlBackendDrawRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.drawing.begin(body, client, long);
    if (long.later) void reply.send(accepted(job, long, reply));
    else void reply.type('image/png').send(await this.drawing.picture(job, client));
  }
}
