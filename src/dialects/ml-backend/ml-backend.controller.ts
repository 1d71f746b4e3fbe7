import { Body, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { JobBody } from '../../http/api/jobs/job.schema.js';
import { ModelJobs } from '../../jobs/kinds/model-jobs.js';
import { LifecycleService, type LaunchRequest } from '../../domains/lifecycle/lifecycle.service.js';
import { ApiErrors, ApiJson } from '../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { DialectController } from '../../http/routing/dialect.js';
import {
  accepted,
  ApiLong,
  jobRequesterOf,
  TheLongRequest,
  type LongRequest,
} from '../../http/request/long-request.js';
import { LAUNCH_REPLY } from './launch-reply.js';
import { INVALID, NULL_ANSWER, nullBody } from './ml-backend.answers.js';
import { toLaunchRequest } from './ml-backend.codec.js';
import {
  MlBackendError,
  MlBackendIsHeavyResponse,
  MlBackendLaunchRequest,
  MlBackendModelRequest,
} from './ml-backend.schema.js';

const NAMES = { description: 'Names', schema: { type: 'array', items: { type: 'string' }, example: ['starter-chat'] } };

/** Models: launching, ending, removing, listing. */
@ApiTags('ml-backend: models')
@DialectController('ml-backend')
export class MlBackendModelController {
  constructor(
    private readonly lifecycle: LifecycleService,
    private readonly models: ModelJobs,
  ) {}

  @Post('model/launch')
  @HttpCode(200)
  @ApiOperation({ operationId: 'launchModel', summary: 'Start a model; it is downloaded if it is not installed' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiLong()
  @ApiErrors(MlBackendError, {
    400: '`n_ctx` is below the context of a preloaded model',
    403: 'Heavy, and FULL_VERSION is off',
    404: 'No such model, here or on the hub',
    503: 'No memory for it now, or the hub or the store of jobs is out of reach',
    507: 'Not enough room on the disk',
  })
  async launch(
    @Body() body: MlBackendLaunchRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | JobBody> {
    return this.answerLaunch(toLaunchRequest(body), client, long, reply);
  }

  @Post('heavy/model/launch')
  @HttpCode(200)
  @ApiOperation({ operationId: 'launchHeavyModel', summary: 'Start a heavy model' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiLong()
  @ApiErrors(MlBackendError, { 400: 'The model is not heavy', 403: 'FULL_VERSION is off', 404: 'No such model' })
  async launchHeavy(
    @Body() body: MlBackendModelRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | JobBody> {
    this.lifecycle.checkHeavyLaunch(body.model_name);
    return this.answerLaunch({ model: body.model_name, contextSize: null }, client, long, reply);
  }

  @Delete('model/kill')
  @ApiOperation({ operationId: 'killModel', summary: 'End a running model; its memory is free when this returns' })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 404: 'The model is not active' })
  async kill(@Body() body: MlBackendModelRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    await this.lifecycle.kill(body.model_name);
    return nullBody(reply);
  }

  @Delete('model/delete')
  @ApiOperation({
    operationId: 'deleteModel',
    summary: 'End a model and remove its files; a download of it is cancelled',
  })
  @ApiOkResponse(NULL_ANSWER)
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 403: 'A starter model stays', 404: 'The model is not installed' })
  async remove(@Body() body: MlBackendModelRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    await this.models.remove(body.model_name);
    return nullBody(reply);
  }

  @Get('model/getactive')
  @ApiOperation({ operationId: 'getActiveModels', summary: 'Models that are loaded now' })
  @ApiOkResponse(NAMES)
  active(): string[] {
    return this.lifecycle.active();
  }

  @Get('model/getravailabletodownload')
  @ApiOperation({ operationId: 'getAvailableModels', summary: 'Models that this version can run (sic)' })
  @ApiOkResponse(NAMES)
  available(): string[] {
    return this.lifecycle.available().map((entry) => entry.id);
  }

  @Get('model/getavailabletodownload')
  @ApiOperation({ operationId: 'getAvailableModelsAsSpelled', summary: 'The same, spelled as it was meant' })
  @ApiOkResponse(NAMES)
  availableAsSpelled(): string[] {
    return this.available();
  }

  @Post('model/ismodelheavy')
  @HttpCode(200)
  @ApiOperation({ operationId: 'isModelHeavy', summary: 'Whether a model is heavy' })
  @ApiJson(MlBackendIsHeavyResponse, 'Heavy or not')
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiErrors(MlBackendError, { 404: 'No such model' })
  isHeavy(@Body() body: MlBackendModelRequest): MlBackendIsHeavyResponse {
    return { is_heavy: this.lifecycle.isHeavy(body.model_name) };
  }

  private async answerLaunch(
    request: LaunchRequest,
    client: Client,
    long: LongRequest,
    reply: FastifyReply,
  ): Promise<string | JobBody> {
    const requester = jobRequesterOf(client, long);
    if (long.later) return accepted(await this.models.launchLater(request, LAUNCH_REPLY, requester), long, reply);
    await this.models.launch(request, LAUNCH_REPLY, requester, client.signal);
    return nullBody(reply);
  }
}
