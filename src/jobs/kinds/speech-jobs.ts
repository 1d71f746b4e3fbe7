import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { GeneratedFiles, type OpenFile } from '../../storage/files/generated-files.js';
import { ParleyError } from '../../inference/errors.js';
import { SpeechService, type SpeechRequest } from '../../domains/speech/speech.service.js';
import type { JobRequester } from '../core/job-requester.js';
import { AwaitedJobs } from '../core/awaited-jobs.js';
import type { JobView } from '../core/job.js';
import { JobsService } from '../core/jobs.service.js';
import type { SpeechResult } from './kinds.js';

/** Speech as jobs: what is asked for as one, and what is too long to be spoken while the client holds a voice. */
@Injectable()
export class SpeechJobs {
  constructor(
    private readonly jobs: JobsService,
    private readonly awaited: AwaitedJobs,
    private readonly speech: SpeechService,
    private readonly files: GeneratedFiles,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'speechStreamChars'>,
  ) {}

  /** Whether a text is so long that it is spoken by a job, whoever waits for it. */
  isLong(text: string): boolean {
    return text.length > this.settings.speechStreamChars;
  }

  /** Queues a request. Throws at once what is wrong with its model. `reply` names the route's answer. */
  submit(request: SpeechRequest, dialect: string, reply: string, requester: JobRequester): Promise<JobView> {
    this.speech.speakerFor(request);
    const { model = null, voice = null, text, speed, format } = request;
    return this.jobs.submit('speech', { model, voice, text, speed, format, dialect }, reply, requester);
  }

  /** Waits for a job, which ends when the last client leaves. */
  async until(id: string, keyId: string, signal: AbortSignal): Promise<SpeechResult> {
    return (await this.awaited.resultOf(id, keyId, signal)) as SpeechResult;
  }

  /** What a job has made. Throws `job_not_found` once it has expired. */
  async open({ file }: SpeechResult): Promise<OpenFile> {
    const opened = await this.files.open(file);
    if (opened !== null) return opened;
    throw new ParleyError('job_not_found', 'The speech is no longer kept: FILES_TTL is over.');
  }
}
