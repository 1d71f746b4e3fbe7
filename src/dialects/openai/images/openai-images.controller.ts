import { Body, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JobBody } from '../../../http/api/jobs/job.schema.js';
import type { JobView } from '../../../jobs/core/job.js';
import { ParleyError } from '../../../inference/errors.js';
import { BodyLimit, IMAGE_BODY_LIMIT } from '../../../http/body/body-limit.js';
import { ApiErrors, ApiJson, formSchema } from '../../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../../http/request/client.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { FormReader } from '../../../http/body/form-reader.js';
import { accepted, ApiLong, TheLongRequest, type LongRequest } from '../../../http/request/long-request.js';
import { bytesOf, missingFile } from '../../../http/body/multipart.js';
import { EDIT_FILES } from './openai-images.codec.js';
import {
  OpenAiImageEditForm,
  OpenAiImageEditRequest,
  OpenAiImageRequest,
  OpenAiImageResponse,
} from './openai-images.schema.js';
import { OpenAiImages } from './openai-images.service.js';
import { OpenAiError } from '../models/openai-models.schema.js';

const REFUSALS = {
  400: 'A parameter is wrong or not supported, or the model does not draw',
  403: 'The model is heavy, and FULL_VERSION is off',
  404: 'No such model',
  503: 'Too many requests wait, or the store of jobs is out of reach',
  504: 'It took longer than IMAGE_TIMEOUT',
};

@ApiTags('openai')
@DialectController('openai')
export class OpenAiImagesController {
  constructor(
    private readonly images: OpenAiImages,
    private readonly forms: FormReader,
  ) {}

  @Post('v1/images/generations')
  @HttpCode(200)
  @ApiOperation({ operationId: 'createImage', summary: 'Draw pictures from words' })
  @ApiLong()
  @ApiJson(OpenAiImageResponse, 'The pictures; `X-Seed` is the seed of the first')
  @ApiErrors(OpenAiError, REFUSALS)
  async generate(
    @Body() body: OpenAiImageRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenAiImageResponse | JobBody> {
    return this.answer(await this.images.begin(body, client, long), body, { client, long, reply });
  }

  @Post('v1/images/edits')
  @BodyLimit(IMAGE_BODY_LIMIT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'editImage', summary: 'Draw over a picture: all of it, or where the mask is open' })
  @ApiExtraModels(OpenAiImageEditForm, OpenAiImageEditRequest)
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({
    schema: {
      oneOf: [
        { $ref: getSchemaPath(OpenAiImageEditRequest) },
        formSchema(OpenAiImageEditForm, { image: 'one', mask: 'optional' }),
      ],
    },
  })
  @ApiLong()
  @ApiJson(OpenAiImageResponse, 'The pictures; `X-Seed` is the seed of the first')
  @ApiErrors(OpenAiError, { ...REFUSALS, 413: 'A picture is larger than 20 MB' })
  async edit(
    @Req() request: FastifyRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenAiImageResponse | JobBody> {
    const how = { client, long, reply };
    if (!request.isMultipart()) {
      const body = await this.forms.readJson(request, OpenAiImageEditRequest);
      const links = { image: body.image, mask: body.mask ?? null };
      return this.answer(await this.images.beginEditOfLinks(body, links, client, long), body, how);
    }
    const { fields, files } = await this.forms.read(request, OpenAiImageEditForm, EDIT_FILES);
    const [image, second] = files.filter(({ field }) => field !== 'mask');
    const mask = files.find(({ field }) => field === 'mask');
    if (image === undefined) throw missingFile('image');
    if (second !== undefined)
      throw new ParleyError('invalid_request', '"image" takes one picture.', { param: 'image' });
    const source = {
      image: bytesOf(image, EDIT_FILES),
      mask: mask === undefined ? null : bytesOf(mask, EDIT_FILES),
    };
    return this.answer(await this.images.beginEdit(fields, source, client, long), fields, how);
  }

  private async answer(
    job: JobView,
    { response_format: form }: OpenAiImageRequest,
    { client, long, reply }: { client: Client; long: LongRequest; reply: FastifyReply },
  ): Promise<OpenAiImageResponse | JobBody> {
    if (long.later) return accepted(job, long, reply);
    const result = await this.images.result(job, client);
    void reply.header('X-Seed', String(result.seed));
    return this.images.toResponse(result, form ?? 'url', long.base);
  }
}
