import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { contentTypeOfAudio } from '../../storage/files/audio-files.js';
import type { AudioFormat, SpeechPiece } from '../../inference/speech-tasks.js';
import type { JobBody } from '../api/jobs/job.schema.js';
import { JobReplies } from '../../jobs/core/job-replies.js';
import type { SpeechResult } from '../../jobs/kinds/kinds.js';
import { SpeechJobs } from '../../jobs/kinds/speech-jobs.js';
import { SpeechService, type Speech, type SpeechRequest } from '../../domains/speech/speech.service.js';
import { callerOf, type Client } from '../request/client.js';
import { accepted, jobRequesterOf, type LongRequest } from '../request/long-request.js';
import { STREAM_HEADERS } from './text-stream.js';

/** Name of the answer, kept in jobs. */
const REPLY = 'speech';

/** Bytes that may wait for a slow reader: some seconds of sound. */
const HIGH_WATER_MARK = 256 * 1024;

/** Who asks, how, and where the answer goes. */
export interface Exchange {
  readonly client: Client;
  readonly long: LongRequest;
  readonly reply: FastifyReply;
}

/** A text read aloud, in whichever dialect it was asked for: as a stream, as a job's file, or as the job itself. */
@Injectable()
export class SpeechAnswers {
  constructor(
    private readonly speech: SpeechService,
    private readonly jobs: SpeechJobs,
    replies: JobReplies,
  ) {
    replies.register(REPLY, async (result) => {
      const { contentType, handle } = await this.jobs.open(result as SpeechResult);
      return { contentType, body: handle.createReadStream() };
    });
  }

  async answer(request: SpeechRequest, dialect: string, exchange: Exchange): Promise<Readable | JobBody> {
    const { client, long, reply } = exchange;
    if (!long.later && !this.jobs.isLong(request.text)) {
      const speech = await this.speech.speak(request, callerOf(client, dialect), client.signal);
      return streamed(speech, request.format, reply);
    }
    const job = await this.jobs.submit(request, dialect, REPLY, jobRequesterOf(client, long));
    if (long.later) return accepted(job, long, reply);
    const result = await this.jobs.until(job.id, client.keyId, client.signal);
    const { contentType, handle, bytes } = await this.jobs.open(result);
    void reply.type(contentType).headers({ 'Content-Length': String(bytes), 'X-Voice': result.voice });
    return handle.createReadStream();
  }
}

/** Sound as it is made. Trouble on the way cuts the connection: nobody may take a torso for the whole. */
function streamed({ voice, pieces }: Speech, format: AudioFormat, reply: FastifyReply): Readable {
  void reply.type(contentTypeOfAudio(format)).headers({ ...STREAM_HEADERS, 'X-Voice': voice });
  return Readable.from(bytesOf(pieces), { objectMode: false, highWaterMark: HIGH_WATER_MARK });
}

async function* bytesOf(pieces: AsyncIterable<SpeechPiece>): AsyncGenerator<Uint8Array, void> {
  for await (const { bytes } of pieces) if (bytes.length > 0) yield bytes;
}
