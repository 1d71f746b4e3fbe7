import { Injectable, type OnModuleInit } from '@nestjs/common';
import { deadlineOf } from '../../inference/deadline.js';
import { formatOf } from '../../inference/pictures/picture-format.js';
import { AwaitedJobs } from '../../jobs/awaited-jobs.js';
import type { JobView } from '../../jobs/job.js';
import { JobRecords } from '../../jobs/job-records.js';
import { JobReplies } from '../../jobs/job-replies.js';
import type { BatchOcrResult } from '../../jobs/kinds.js';
import { OcrJobs, type BatchInput } from '../../jobs/ocr-jobs.js';
import type { Client } from '../client.js';
import { askerOf, type LongRequest } from '../long-request.js';
import type { Upload } from '../multipart.js';
import { NO_PICTURE, TIMEOUT_SECONDS, toBatchResponse, TOO_LARGE } from './chatvlm.codec.js';
import type { ChatvlmBatchForm, ChatvlmBatchResponse } from './chatvlm.schema.js';

const REPLY = 'chatvlm.batch-ocr';

/** `POST /batch/ocr`: a job, whose answer is waited for unless the client wants it later. */
@Injectable()
export class ChatvlmBatches implements OnModuleInit {
  constructor(
    private readonly ocr: OcrJobs,
    private readonly awaited: AwaitedJobs,
    private readonly records: JobRecords,
    private readonly replies: JobReplies,
  ) {}

  onModuleInit(): void {
    this.replies.register(REPLY, (result) => ({
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify(toBatchResponse(result as BatchOcrResult)),
    }));
  }

  begin(files: readonly Upload[], form: ChatvlmBatchForm, client: Client, long: LongRequest): Promise<JobView> {
    const { model, language } = form;
    const request = { files: files.map((file) => inputOf(file)), model, language, dialect: 'chatvlm' };
    return this.ocr.submit(request, REPLY, askerOf(client, long));
  }

  /** The job ends when the client leaves, or when its time is over. */
  async result({ id }: JobView, { keyId, signal }: Client): Promise<ChatvlmBatchResponse> {
    const deadline = deadlineOf(signal, TIMEOUT_SECONDS);
    try {
      await this.awaited.untilDone(id, keyId, deadline.signal);
      const { result } = await this.records.resultOf(id, keyId);
      return toBatchResponse(result as BatchOcrResult);
    } finally {
      deadline.done();
    }
  }
}

/** What is no picture is not worth a job. */
function inputOf({ name, bytes }: Upload): BatchInput {
  if (bytes === null) return { name, refused: TOO_LARGE };
  if (formatOf(bytes) === null) return { name, refused: NO_PICTURE };
  return { name, bytes };
}
