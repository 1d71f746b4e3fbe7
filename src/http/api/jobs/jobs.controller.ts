import { Delete, Get, Headers, HttpCode, Param, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { ApiErrors, ApiJson, ApiStream } from '../../openapi/api-docs.js';
import { baseOf } from '../../request/base-url.js';
import { TheClient, type Client } from '../../request/client.js';
import { ServiceController } from '../../routing/dialect.js';
import { RootError } from '../../errors/service-error.schema.js';
import { hasEnded } from '../../../jobs/core/job.js';
import { JobFollowing } from '../../../jobs/core/job-following.js';
import { JobReplies } from '../../../jobs/core/job-replies.js';
import { JobRecords } from '../../../jobs/core/job-records.js';
import { JobsService } from '../../../jobs/core/jobs.service.js';
import { EventFollowers } from './event-followers.js';
import { eventIdOf, eventsOf, sendEvents } from './job-events.js';
import { refuseUnlessReady } from './job-result.js';
import { toJobBody } from './job.codec.js';
import { JobBody, JobListBody, JobListQuery } from './job.schema.js';

const NO_JOB = { 404: 'This key has no such job', 503: 'The store of jobs is out of reach; see Retry-After' };

/** The jobs of the API key that asks. */
@ApiTags('jobs')
@ServiceController('jobs')
export class JobsController {
  private readonly followers = new EventFollowers();

  constructor(
    private readonly jobs: JobsService,
    private readonly records: JobRecords,
    private readonly following: JobFollowing,
    private readonly replies: JobReplies,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listJobs', summary: 'The jobs of this key, the newest first' })
  @ApiJson(JobListBody, 'The jobs')
  @ApiErrors(RootError, { 400: 'The query is not valid', 503: NO_JOB[503] })
  async list(
    @Query() { state, kind, limit }: JobListQuery,
    @TheClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<JobListBody> {
    const views = await this.records.list(client.keyId, {
      state: state ?? null,
      kind: kind ?? null,
      limit: limit ?? 100,
    });
    return { jobs: views.map((view) => toJobBody(view, baseOf(request))) };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getJob', summary: 'How a job stands' })
  @ApiJson(JobBody, 'The job')
  @ApiErrors(RootError, NO_JOB)
  async show(@Param('id') id: string, @TheClient() client: Client, @Req() request: FastifyRequest): Promise<JobBody> {
    return toJobBody(await this.records.find(id, client.keyId), baseOf(request));
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelJob', summary: 'Cancel a job; one that has ended is removed' })
  @ApiJson(JobBody, 'The job is cancelled')
  @ApiNoContentResponse({ description: 'The job had ended, and is removed' })
  @ApiErrors(RootError, NO_JOB)
  async end(
    @Param('id') id: string,
    @TheClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobBody | undefined> {
    const view = await this.records.find(id, client.keyId);
    if (!hasEnded(view)) return toJobBody(await this.jobs.cancel(id, client.keyId), baseOf(request));
    await this.jobs.remove(id, client.keyId);
    void reply.status(204);
    return undefined;
  }

  @Get(':id/result')
  @ApiOperation({ operationId: 'getJobResult', summary: 'What the route that made the job would have answered' })
  @ApiOkResponse({ description: "The route's own body and content type" })
  @ApiErrors(RootError, {
    ...NO_JOB,
    409: 'It has not completed: it still runs, has failed or was cancelled',
    410: 'The result has expired (RESULT_TTL)',
  })
  async result(
    @Param('id') id: string,
    @TheClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | Buffer | Readable> {
    refuseUnlessReady(await this.records.find(id, client.keyId));
    const { reply: name, result } = await this.records.resultOf(id, client.keyId);
    const { contentType, body } = await this.replies.make(name, result, baseOf(request));
    void reply.type(contentType);
    return body;
  }

  @Get(':id/events')
  @ApiOperation({
    operationId: 'followJob',
    summary: 'The job as server-sent events: progress, then completed, failed or cancelled',
    description: 'Each event has the whole job as its data. 204 when there is nothing to come after `Last-Event-ID`.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The last event that the client has seen' })
  @ApiStream('text/event-stream', 'The events', 'id: active.1.512\nevent: progress\ndata: {"id":"pull_5f0c",…}\n\n')
  @ApiNoContentResponse({ description: 'The job has ended, and the client knows' })
  @ApiErrors(RootError, NO_JOB)
  async events(
    @Param('id') id: string,
    @TheClient() client: Client,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable | undefined> {
    const view = await this.records.find(id, client.keyId);
    if (hasEnded(view) && eventIdOf(view) === lastEventId) {
      void reply.status(204);
      return undefined;
    }
    const leave = this.followers.enter(client.keyId);
    const views = this.following.follow(id, client.keyId, client.signal);
    const body = sendEvents(eventsOf(views, baseOf(request), lastEventId ?? null), reply);
    return body.once('close', leave);
  }
}
