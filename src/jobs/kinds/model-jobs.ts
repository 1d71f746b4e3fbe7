import { Injectable } from '@nestjs/common';
import { LifecycleService, type LaunchRequest, type ModelSource } from '../../domains/lifecycle/lifecycle.service.js';
import { checkPullRequest } from '../../hub/pull-request-check.js';
import { stem } from '../../inference/catalogue/gguf-name.js';
import type { JobView } from '../core/job.js';
import { JobFollowing } from '../core/job-following.js';
import { JobQueues } from '../core/job-queues.js';
import type { JobRequester } from '../core/job-requester.js';
import { AwaitedJobs } from '../core/awaited-jobs.js';
import { JobsService } from '../core/jobs.service.js';

/** A download that was cancelled stops within a moment, unless its process is gone. */
const STOP_PATIENCE_MS = 5000;

/** Launching, pulling and removing models, as far as jobs are part of it. */
@Injectable()
export class ModelJobs {
  constructor(
    private readonly jobs: JobsService,
    private readonly following: JobFollowing,
    private readonly lifecycle: LifecycleService,
    private readonly queues: JobQueues,
    private readonly awaited: AwaitedJobs,
  ) {}

  /** Launches later. Throws at once what is clear beforehand. `reply` names the route's answer. */
  async launchLater(request: LaunchRequest, reply: string, requester: JobRequester): Promise<JobView> {
    this.lifecycle.refuseWhileDraining();
    const model = this.lifecycle.checkLaunchRequest(request);
    return this.jobs.submit('launch', { model, contextSize: request.contextSize }, reply, requester);
  }

  /**
   * Launches, and waits for it. A model that is not installed is fetched by a job; one that is here is loaded without,
   * so that text needs no store. The job ends when the last client leaves.
   */
  async launch(request: LaunchRequest, reply: string, requester: JobRequester, signal: AbortSignal): Promise<void> {
    this.lifecycle.checkLaunchRequest(request);
    if (this.lifecycle.missingFiles(request.model) !== null) {
      const { id } = await this.launchLater(request, reply, requester);
      await this.awaited.untilDone(id, requester.keyId, signal);
    }
    // The job may have loaded it in another process.
    await this.lifecycle.launch(request, signal);
  }

  /** Queues a download. Throws at once what is clear beforehand. */
  async pull(source: ModelSource, reply: string, requester: JobRequester): Promise<JobView> {
    checkPullRequest(source);
    this.lifecycle.refuseWhileDraining();
    return this.jobs.submit('pull', source, reply, requester);
  }

  /** Unloads and removes a model; a download of it is cancelled. Throws `model_not_found` when there was neither. */
  async remove(model: string): Promise<void> {
    const cancelled = await this.cancelDownloads(model);
    if (cancelled && !this.lifecycle.isInstalled(model)) return;
    await this.lifecycle.remove(model);
  }

  /** @returns whether there was any; all of them have ended by then. */
  private async cancelDownloads(model: string): Promise<boolean> {
    if (!this.queues.store.isOpen) return false; // so nothing is being downloaded
    const source = this.lifecycle.sourceOf(model);
    const pulls = await this.jobs.cancelWhere('pull', ({ name, repo, files }) =>
      source === null
        ? stem(name) === stem(model)
        : repo === source.repo && files.some((file) => source.files.includes(file)),
    );
    const id = this.lifecycle.idOf(model);
    const launches = await this.jobs.cancelWhere('launch', (payload) => payload.model === id);
    const cancelled = [...pulls, ...launches];
    const patience = AbortSignal.timeout(STOP_PATIENCE_MS);
    await Promise.allSettled(cancelled.map(({ view, keyId }) => this.following.untilStopped(view.id, keyId, patience)));
    return cancelled.length > 0;
  }
}
