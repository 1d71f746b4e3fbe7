import { Body, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import type { JobBody } from '../../http/api/jobs/job.schema.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import { ApiErrors } from '../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../http/request/client.js';
import { DialectController } from '../../http/routing/dialect.js';
import { ApiLong, TheLongRequest, type LongRequest } from '../../http/request/long-request.js';
import { SpeechAnswers } from '../../http/responses/speech-answers.js';
import { Autoload } from './autoload.js';
import { INVALID } from './ml-backend.answers.js';
import { MlBackendError, MlBackendSpeechRequest } from './ml-backend.schema.js';

/** Texts read aloud. */
@ApiTags('ml-backend: media')
@DialectController('ml-backend')
export class MlBackendSpeechController {
  constructor(
    private readonly speech: SpeechAnswers,
    private readonly lifecycle: LifecycleService,
    private readonly autoload: Autoload,
  ) {}

  @Post('generate/texttospeech')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'generateTextToSpeech',
    summary: 'Read a text aloud, streamed sentence by sentence; one longer than SPEECH_STREAM_CHARS comes whole',
  })
  @ApiOkResponse({
    description: 'A WAV of 16 bits, mono',
    content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiUnprocessableEntityResponse(INVALID)
  @ApiLong()
  @ApiErrors(MlBackendError, {
    400: 'There is nothing to say, the voice speaks another language, or the model does not speak',
    404: 'No such model',
    409: 'Not loaded, and AUTOLOAD is off',
    503: 'Too many wait, or the store of jobs is out of reach',
  })
  async speak(
    @Body() body: MlBackendSpeechRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable | JobBody> {
    this.lifecycle.checkLaunch(body.model_name);
    await this.autoload.install(body.model_name, client);
    const request = { model: body.model_name, text: body.prompt, speed: 1, format: 'wav' } as const;
    return this.speech.answer(request, 'ml-backend', { client, long, reply });
  }
}
