import { mkdir } from 'node:fs/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Manifest } from '../inference/catalogue/manifest.js';
import { ParleyError, throwIfAborted } from '../inference/errors.js';
import type { LockOptions } from '../storage/locks/file-lock.js';
import type { HubConnection } from './hub-connection.js';
import type { PullRequest } from './pull-plan.js';
import { checkPullRequest } from './pull-request-check.js';
import { pull, type PullTools } from './pull.js';
import { DEFAULT_RETRIES, REAL_WAITING, type RetryPolicy, type Waiting } from './retry.js';
import { SharedPull, type Asker } from './shared-pull.js';
import { freeBytesOf, storageError, type FreeBytes } from './storage-errors.js';

export interface InstallerOptions {
  readonly modelsDir: string;
  /** Default {@link DEFAULT_RETRIES}. */
  readonly retries?: RetryPolicy;
  /** Default: real time and chance. */
  readonly waiting?: Waiting;
  /** Default: what the file system says. */
  readonly freeBytes?: FreeBytes;
  readonly lock?: LockOptions;
}

/** After which a client may expect a service that stops to be back. */
const RESTART_SECONDS = 30;

interface RunningPull {
  readonly request: PullRequest;
  readonly shared: SharedPull;
}

/** Pulls models from the hub into `MODELS_DIR/<user>/<repo>/`, each once for all who ask meanwhile. */
@Injectable()
export class ModelInstaller implements OnApplicationShutdown {
  private readonly tools: PullTools;
  private readonly running = new Map<string, RunningPull>();

  constructor(hub: HubConnection, options: InstallerOptions) {
    this.tools = {
      hub,
      modelsDir: options.modelsDir,
      retries: options.retries ?? DEFAULT_RETRIES,
      waiting: options.waiting ?? REAL_WAITING,
      freeBytes: options.freeBytes ?? freeBytesOf,
      lock: options.lock ?? {},
    };
  }

  /**
   * Resolves with the manifest once every file is verified and in its place; at once when they are there already.
   * Throws `invalid_request` (with `param`), `model_not_found`, `forbidden`, `overloaded`, `insufficient_storage`,
   * `model_load_failed` (the bytes do not match the hub's digest), `internal`, or the signal's reason. After a failure
   * the next pull goes on where this one stopped, unless the bytes were wrong or the reason was `cancelled`: a signal
   * that aborts with another `ParleyError`, as at a shutdown, keeps what there is.
   */
  async install(request: PullRequest, asker: Asker): Promise<Manifest> {
    checkPullRequest(request);
    throwIfAborted(asker.signal);
    const key = JSON.stringify([request.name, request.repo, request.revision ?? 'main', request.files]);
    const running = this.running.get(key);
    if (running !== undefined && !running.shared.isStopping) return running.shared.join(asker);
    return this.start(key, request).join(asker);
  }

  /** Ends every download and keeps what there is, for the next start to go on with. */
  async onApplicationShutdown(): Promise<void> {
    const stopping = new ParleyError('overloaded', 'The service is stopping: pull again when it is back.', {
      retryAfterSeconds: RESTART_SECONDS,
    });
    const pulls = [...this.running.values()].map(({ shared }) => shared);
    for (const pull of pulls) if (!pull.isStopping) pull.abort(stopping);
    await Promise.all(pulls.map((pull) => pull.whenEnded()));
  }

  private start(key: string, request: PullRequest): SharedPull {
    const shared = new SharedPull(async (hooks) => {
      try {
        await mkdir(this.tools.modelsDir, { recursive: true }).catch((error: unknown) => {
          throw storageError(error) ?? error;
        });
        return await pull(request, this.tools, hooks);
      } finally {
        if (this.running.get(key)?.shared === shared) this.running.delete(key);
      }
    });
    this.running.set(key, { request, shared });
    return shared;
  }
}
