import { Body, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { ParleyError } from '../../../inference/errors.js';
import type { JobBody } from '../../../http/api/jobs/job.schema.js';
import type { SpeechRequest } from '../../../domains/speech/speech.service.js';
import { ApiErrors } from '../../../http/openapi/api-docs.js';
import { TheClient, type Client } from '../../../http/request/client.js';
import { DialectController } from '../../../http/routing/dialect.js';
import { ApiLong, TheLongRequest, type LongRequest } from '../../../http/request/long-request.js';
import { SpeechAnswers } from '../../../http/responses/speech-answers.js';
import { OpenAiError } from '../models/openai-models.schema.js';
import { OpenAiSpeechRequest } from './openai-speech.schema.js';

const BINARY = { schema: { type: 'string', format: 'binary' } } as const;

@ApiTags('openai')
@DialectController('openai')
export class OpenAiSpeechController {
  constructor(private readonly speech: SpeechAnswers) {}

  @Post('v1/audio/speech')
  @HttpCode(200)
  @ApiOperation({ operationId: 'createSpeech', summary: 'Read a text aloud, sentence by sentence as it is made' })
  @ApiOkResponse({
    description: 'The sound; `X-Voice` is who speaks',
    content: {
      'audio/mpeg': BINARY,
      'audio/wav': BINARY,
      'audio/flac': BINARY,
      'audio/ogg': BINARY,
      'audio/pcm': BINARY,
    },
  })
  @ApiLong()
  @ApiErrors(OpenAiError, {
    400: 'A parameter is wrong or not supported, there is nothing to say, or the voice speaks another language',
    404: 'No such model',
    503: 'Too many requests wait, or the store of jobs is out of reach',
  })
  speak(
    @Body() body: OpenAiSpeechRequest,
    @TheClient() client: Client,
    @TheLongRequest() long: LongRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable | JobBody> {
    return this.speech.answer(toSpeechRequest(body), 'openai', { client, long, reply });
  }
}

function toSpeechRequest(body: OpenAiSpeechRequest): SpeechRequest {
  if (body.instructions) throw refusal('instructions', 'is not supported: the voice has one manner');
  if (body.stream_format && body.stream_format !== 'audio') throw refusal('stream_format', 'takes "audio" alone');
  return {
    model: body.model ?? undefined,
    voice: body.voice ?? undefined,
    text: body.input,
    speed: body.speed ?? 1,
    format: body.response_format ?? 'mp3',
  };
}

function refusal(param: string, why: string): ParleyError {
  return new ParleyError('invalid_request', `"${param}" ${why}.`, { param });
}
