import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ParleyError, ShuttingDown } from '../../inference/errors.js';
import { AwaitedJobs } from '../../jobs/core/awaited-jobs.js';
import { hasEnded, type JobView } from '../../jobs/core/job.js';
import { toParleyError } from '../../jobs/core/job-failure.js';
import { JobFollowing } from '../../jobs/core/job-following.js';
import { JobReplies } from '../../jobs/core/job-replies.js';
import type { PullResult } from '../../jobs/kinds/kinds.js';
import { ModelJobs } from '../../jobs/kinds/model-jobs.js';
import { LifecycleService, type ModelSource } from '../../domains/lifecycle/lifecycle.service.js';
import type { Client } from '../../http/request/client.js';
import { ERROR_STATUS } from '../../http/errors/error-status.js';
import { jobRequesterOf, type LongRequest } from '../../http/request/long-request.js';
import { streamedAnswer, type Answer } from '../../http/responses/text-stream.js';
import { downloadFailed, downloading, downloadTrouble } from './rkllama.sentences.js';

const REPLY = 'rkllama.pull';
/** `hf/<user>/<repository>/<file>`, as the source document spells what is to be fetched. */
const HUB_FILE = /^hf\/([^/]+\/[^/]+)\/(.+)$/;

/** `POST /pull`: a job, told in lines of text while it runs. */
@Injectable()
export class RkllamaPulls implements OnModuleInit {
  constructor(
    private readonly models: ModelJobs,
    private readonly awaited: AwaitedJobs,
    private readonly following: JobFollowing,
    private readonly replies: JobReplies,
    private readonly lifecycle: LifecycleService,
  ) {}

  onModuleInit(): void {
    this.replies.register(REPLY, (result) => {
      const pulled = result as PullResult;
      const heading = downloading(titleOf(pulled), pulled.bytes);
      return { contentType: 'text/plain; charset=utf-8', body: `${heading}\n100%\n` };
    });
  }

  /** Queues the download. */
  async begin(model: string, client: Client, long: LongRequest): Promise<JobView> {
    try {
      return await this.models.pull(this.sourceOf(model), REPLY, jobRequesterOf(client, long));
    } catch (error) {
      throw error instanceof ParleyError && error.code !== 'overloaded' ? failedBefore(error) : error;
    }
  }

  /** Follows the download. Trouble before its first byte is thrown; the job ends when the last client leaves. */
  async tell(job: JobView, model: string, client: Client): Promise<Answer<never>> {
    const views = this.following.follow(job.id, client.keyId, client.signal);
    try {
      let view = await nextOf(views);
      while ((view.progress?.done ?? 0) === 0 && !hasEnded(view)) view = await nextOf(views);
      if (view.error !== null) throw failedBefore(toParleyError(view.error));
      return streamedAnswer('text/plain', this.lines(view, views, titleOf(this.sourceOf(model)), client));
    } catch (error) {
      await views.return();
      if (client.signal.aborted) await this.awaited.abandon(job.id, client.keyId);
      else await this.awaited.release(job.id);
      throw error;
    }
  }

  private async *lines(
    first: JobView,
    rest: AsyncGenerator<JobView, void>,
    title: string,
    { keyId }: Client,
  ): AsyncGenerator<string, void> {
    let view = first;
    try {
      yield `${downloading(title, first.progress?.total ?? 0)}\n`;
      let told = -1;
      while (!hasEnded(view)) {
        const percent = percentOf(view);
        if (percent > told && percent < 100) yield `${String(percent)}%\n`;
        told = Math.max(told, percent);
        view = await nextOf(rest);
      }
      yield view.error === null ? '100%\n' : `${downloadTrouble(view.error.message)}\n`;
    } catch (error) {
      if (!(error instanceof ShuttingDown)) throw error;
      yield `${downloadTrouble(error.message)}\n`;
    } finally {
      await rest.return(); // it stands at the last view, with its listeners
      if (hasEnded(view)) await this.awaited.release(first.id);
      else await this.awaited.abandon(first.id, keyId);
    }
  }

  private sourceOf(model: string): ModelSource {
    const [, repo, file] = HUB_FILE.exec(model) ?? [];
    if (repo !== undefined && file !== undefined) return this.lifecycle.sourceOfFile(repo, file);
    const source = this.lifecycle.sourceOf(model);
    if (source !== null) return source;
    throw new ParleyError(
      'invalid_request',
      'model is hf/<user>/<repository>/<file>, or the id of a model in the catalogue.',
      {
        param: 'model',
      },
    );
  }
}

function failedBefore(error: ParleyError): ParleyError {
  return downloadFailed(error, ERROR_STATUS[error.code]);
}

/** A single file by its name, several by that of the model they make. */
function titleOf({ name, files }: Pick<ModelSource, 'name' | 'files'>): string {
  return files.length === 1 ? (files[0]?.split('/').at(-1) ?? name) : name;
}

function percentOf({ progress }: JobView): number {
  if (progress === null || progress.total === 0) return 0;
  return Math.floor((100 * progress.done) / progress.total);
}

async function nextOf(views: AsyncGenerator<JobView, void>): Promise<JobView> {
  const next = await views.next();
  if (next.done === true) throw new Error('a job that is followed is told up to its end');
  return next.value;
}
