import type { Manifest, ManifestFile } from '../inference/catalogue/manifest.js';
import { abortReason, ParleyError, throwIfAborted } from '../inference/errors.js';
import { FileLock, type LockOptions } from '../storage/locks/file-lock.js';
import { downloadFile } from './file-download.js';
import { WrongBytesError } from './hub-answer.js';
import type { HubConnection } from './hub-connection.js';
import { planPull } from './hub-metadata.js';
import { installedManifest, sha256InPlace } from './installed-files.js';
import { toPullError } from './pull-errors.js';
import type { PlannedFile, PullPlan, PullRequest } from './pull-plan.js';
import type { Retrying, RetryPolicy, Waiting } from './retry.js';
import type { PullHooks } from './shared-pull.js';
import { Staging } from './staging.js';
import { requireFree, type FreeBytes } from './storage-errors.js';

export interface PullTools {
  readonly hub: HubConnection;
  readonly modelsDir: string;
  readonly retries: RetryPolicy;
  readonly waiting: Waiting;
  readonly freeBytes: FreeBytes;
  readonly lock: LockOptions;
}

/**
 * Downloads and installs what is asked for, unless it is installed already. Throws nothing but `ParleyError`. Partial
 * files stay for the next attempt, except after wrong bytes and when the signal aborted as a client's cancellation does.
 */
export async function pull(request: PullRequest, tools: PullTools, hooks: PullHooks): Promise<Manifest> {
  const { hub, retries: policy, waiting } = tools;
  try {
    const plan = await planPull(hub, request, { policy, waiting, signal: hooks.signal });
    hooks.onPlan(plan);
    return await new Installation(request.name, plan, tools, hooks).run();
  } catch (error) {
    throwIfAborted(hooks.signal);
    throw toPullError(error, { hub, request, now: waiting.now() });
  }
}

class Installation {
  private readonly staging: Staging;
  /** Path → bytes on disk. */
  private readonly done = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly plan: PullPlan,
    private readonly tools: PullTools,
    private readonly hooks: PullHooks,
  ) {
    this.staging = new Staging(tools.modelsDir, plan);
  }

  async run(): Promise<Manifest> {
    const lock = await FileLock.acquire(this.staging.lockPath, this.hooks.signal, this.tools.lock);
    try {
      return await this.withLock(AbortSignal.any([this.hooks.signal, lock.lost]));
    } catch (error) {
      // A lock that was lost is somebody else's, and the partial files with it.
      if (this.leavesNothing(error) && !lock.lost.aborted) await this.staging.remove();
      throwIfAborted(lock.lost);
      throw error;
    } finally {
      await lock.release();
      await this.staging.removeEmptyFolders();
    }
  }

  private async withLock(signal: AbortSignal): Promise<Manifest> {
    const { plan, name, staging } = this;
    const installed = await installedManifest(this.tools.modelsDir, name, plan, staging);
    const manifest = installed ?? (await this.download(signal));
    await staging.remove();
    this.hooks.onProgress({ doneBytes: plan.totalBytes, totalBytes: plan.totalBytes });
    return manifest;
  }

  private async download(signal: AbortSignal): Promise<Manifest> {
    const inPlace = await this.filesInPlace(signal);
    const missing = this.plan.files.filter(({ path }) => !inPlace.has(path));
    await this.requireFree(missing);
    this.report();
    const { policy, waiting } = { policy: this.tools.retries, waiting: this.tools.waiting };
    const digests = new Map(inPlace);
    for (const file of missing) digests.set(file.path, await this.downloadOne(file, { policy, waiting, signal }));
    throwIfAborted(signal);
    const manifest = this.manifest(digests);
    await this.staging.install(manifest, missing);
    return manifest;
  }

  /** Files that lie where they belong, from an earlier pull or by hand: path → SHA-256. */
  private async filesInPlace(signal: AbortSignal): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const file of this.plan.files) {
      const sha256 = await sha256InPlace(this.staging.targetOf(file), file, signal);
      if (sha256 !== null) found.set(file.path, sha256);
      this.done.set(file.path, sha256 === null ? await this.staging.bytesOf(file) : file.size);
    }
    return found;
  }

  private async requireFree(missing: readonly PlannedFile[]): Promise<void> {
    const toCome = missing.reduce((total, { path, size }) => total + size - (this.done.get(path) ?? 0), 0);
    requireFree(toCome, await this.tools.freeBytes(this.tools.modelsDir));
  }

  private downloadOne(file: PlannedFile, retrying: Retrying): Promise<string> {
    const { repo, revision: commit } = this.plan;
    const onBytes = (bytes: number): void => {
      if (this.done.get(file.path) === bytes) return;
      this.done.set(file.path, bytes);
      this.report();
    };
    const partialPath = this.staging.partialOf(file);
    return downloadFile(this.tools.hub, { repo, commit, file, partialPath, onBytes }, retrying);
  }

  private report(): void {
    const doneBytes = [...this.done.values()].reduce((total, bytes) => total + bytes, 0);
    this.hooks.onProgress({ doneBytes, totalBytes: this.plan.totalBytes });
  }

  private manifest(digests: ReadonlyMap<string, string>): Manifest {
    const { repo, revision } = this.plan;
    const files: ManifestFile[] = this.plan.files.map(({ path, size }) => {
      const sha256 = digests.get(path);
      if (sha256 === undefined) throw new Error(`no digest of ${path}`);
      return { path, size, sha256 };
    });
    const installedAt = new Date(this.tools.waiting.now()).toISOString();
    return { version: 1, name: this.name, repo, revision, files, installedAt };
  }

  private leavesNothing(error: unknown): boolean {
    const { signal } = this.hooks;
    if (signal.aborted) return abortReason(signal).code === 'cancelled';
    if ([...this.done.values()].every((bytes) => bytes === 0)) return true; // there is nothing to go on with
    return error instanceof WrongBytesError || (error instanceof ParleyError && error.code === 'cancelled');
  }
}
