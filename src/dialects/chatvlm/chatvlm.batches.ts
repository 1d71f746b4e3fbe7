import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { UploadStore } from '../../storage/files/upload-store.js';
import { withinSeconds } from '../../inference/deadline.js';
import { SIGNATURE_BYTES } from '../../inference/pictures/picture-format.js';
import { AwaitedJobs } from '../../jobs/core/awaited-jobs.js';
import type { JobView } from '../../jobs/core/job.js';
import { JobReplies } from '../../jobs/core/job-replies.js';
import type { BatchOcrResult } from '../../jobs/kinds/kinds.js';
import { OcrJobs, type BatchInput } from '../../jobs/kinds/ocr-jobs.js';
import type { Client } from '../../http/request/client.js';
import { jobRequesterOf, type LongRequest } from '../../http/request/long-request.js';
import type { Upload } from '../../http/body/multipart.js';
import { isPicture, NO_PICTURE, toBatchResponse, TOO_LARGE } from './chatvlm.codec.js';
import type { ChatvlmBatchForm } from './chatvlm-forms.schema.js';
import type { ChatvlmBatchResponse } from './chatvlm.schema.js';

const REPLY = 'chatvlm.batch-ocr';

/** A file of a batch that is on the disk. */
export interface StoredFile {
  /** Its id in the `UploadStore`. */
  readonly id: string;
  /** Its first bytes, which say what it is. */
  readonly beginning: Uint8Array;
}

/** `POST /batch/ocr`: a job, whose answer is waited for unless the client wants it later. */
@Injectable()
export class ChatvlmBatches implements OnModuleInit {
  constructor(
    private readonly ocr: OcrJobs,
    private readonly uploads: UploadStore,
    private readonly awaited: AwaitedJobs,
    private readonly replies: JobReplies,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'chatvlmTimeout'>,
  ) {}

  onModuleInit(): void {
    this.replies.register(REPLY, (result) => ({
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify(toBatchResponse(result as BatchOcrResult)),
    }));
  }

  /** Puts a file of a batch on the disk as it comes: ten of them in memory would be too much. */
  async keep(chunks: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    let beginning = Buffer.alloc(0);
    async function* noted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        if (beginning.length < SIGNATURE_BYTES) {
          beginning = Buffer.concat([beginning, chunk.subarray(0, SIGNATURE_BYTES)]);
        }
        yield chunk;
      }
    }
    return { id: await this.uploads.put(noted()), beginning };
  }

  begin(
    files: readonly Upload<StoredFile>[],
    { model, language }: ChatvlmBatchForm,
    client: Client,
    long: LongRequest,
  ): Promise<JobView> {
    const request = { files: files.map((file) => inputOf(file)), model, language, dialect: 'chatvlm' };
    return this.ocr.submit(request, REPLY, jobRequesterOf(client, long));
  }

  /** The job ends when the last client leaves, or when its time is over. */
  async result({ id }: JobView, { model }: ChatvlmBatchForm, { keyId, signal }: Client): Promise<ChatvlmBatchResponse> {
    const wait = (limited: AbortSignal): Promise<unknown> => this.awaited.resultOf(id, keyId, limited);
    const loaded = this.ocr.ready(model, signal);
    const result = await withinSeconds(this.settings.chatvlmTimeout, signal, wait, loaded);
    return toBatchResponse(result as BatchOcrResult);
  }
}

/** What is no picture is not worth a job. */
function inputOf({ name, content }: Upload<StoredFile>): BatchInput {
  if (content === null) return { name, refused: TOO_LARGE };
  if (!isPicture(content.beginning)) return { name, refused: NO_PICTURE };
  return { name, file: content.id };
}
