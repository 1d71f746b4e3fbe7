import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ImageJobs } from '../../jobs/kinds/image-jobs.js';
import { ImageResults } from '../../jobs/kinds/image-results.js';
import type { JobView } from '../../jobs/core/job.js';
import { JobReplies } from '../../jobs/core/job-replies.js';
import type { ImageResult } from '../../jobs/kinds/kinds.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import type { Client } from '../../http/request/client.js';
import { jobRequesterOf, type LongRequest } from '../../http/request/long-request.js';
import { Autoload } from './autoload.js';
import type { MlBackendDrawRequest } from './ml-backend.schema.js';

const REPLY = 'ml-backend.image';
const DEFAULT_SIZE = 1024;

/** `POST /generate/imagefromtext`: a job, whose picture is waited for unless the client wants it later. */
@Injectable()
export class Drawing implements OnModuleInit {
  constructor(
    private readonly jobs: ImageJobs,
    private readonly results: ImageResults,
    private readonly replies: JobReplies,
    private readonly lifecycle: LifecycleService,
    private readonly autoload: Autoload,
  ) {}

  onModuleInit(): void {
    this.replies.register(REPLY, async (result) => ({
      contentType: 'image/png',
      body: await this.pictureOf(result as ImageResult),
    }));
  }

  async begin(body: MlBackendDrawRequest, client: Client, long: LongRequest): Promise<JobView> {
    this.lifecycle.checkLaunch(body.model_name);
    await this.autoload.install(body.model_name, client);
    const side = body.image_size ?? DEFAULT_SIZE;
    const request = {
      model: body.model_name,
      prompt: body.prompt,
      size: { width: side, height: side },
      dialect: 'ml-backend',
    };
    return this.jobs.submit(request, REPLY, jobRequesterOf(client, long));
  }

  /** Waits for a job. */
  async picture({ id }: JobView, { keyId, signal }: Client): Promise<Buffer> {
    return this.pictureOf(await this.results.until(id, keyId, signal));
  }

  private pictureOf({ pictures: [picture] }: ImageResult): Promise<Buffer> {
    if (picture === undefined) throw new Error('a picture was drawn and is not there');
    return this.results.read(picture);
  }
}
