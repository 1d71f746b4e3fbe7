import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { onTestFinished } from 'vitest';
import { EgressFetcher } from '../../src/egress/egress-fetcher.js';
import { HubConnection } from '../../src/hub/hub-connection.js';
import { ModelInstaller, type InstallerOptions } from '../../src/hub/model-installer.js';
import type { PullRequest } from '../../src/hub/pull-plan.js';
import type { Waiting } from '../../src/hub/retry.js';
import type { Asker } from '../../src/hub/shared-pull.js';
import type { Manifest } from '../../src/inference/catalogue/manifest.js';
import { startFakeHub, type FakeHub, type FakeHubOptions, type FakeRepos } from './fake-hub.js';

export const REPO = 'user/repo';
export const GGUF = `${REPO}/model.gguf`;
export const MIB = 1024 ** 2;

/** Bytes that are the same in each run, and different for each seed. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8) * 17 + seed * 101) & 0xff;
  return bytes;
}

export interface InstallerSetup extends Partial<InstallerOptions> {
  readonly token?: string;
  readonly stallMs?: number;
  /** Default: loopback. */
  readonly allow?: readonly string[];
  /** What the hub's host is called; default as in its URL. Its second server is at 127.0.0.1 all the same. */
  readonly hostname?: string;
}

/** A fake hub, an empty MODELS_DIR, and installers between the two that never really sleep. */
export class HubWorld {
  /** What the installers would have slept, in ms. */
  readonly sleeps: number[] = [];
  now = Date.parse('2026-05-01T00:00:00Z');
  private readonly waiting: Waiting = {
    now: () => this.now,
    sleep: (ms) => {
      this.sleeps.push(ms);
      return Promise.resolve();
    },
    random: () => 1,
  };

  constructor(
    readonly hub: FakeHub,
    readonly modelsDir: string,
  ) {}

  /** One installer; a second one stands for another process, or for the same after a restart. */
  installer({ token, stallMs, allow = ['127.0.0.1'], hostname, ...options }: InstallerSetup = {}): ModelInstaller {
    const url = new URL(this.hub.url);
    if (hostname !== undefined) url.hostname = hostname;
    const fetcher = new EgressFetcher({
      allow,
      trustedHosts: [url.hostname],
      ...(stallMs === undefined ? {} : { stallMs }),
    });
    onTestFinished(() => fetcher.close());
    const hub = new HubConnection(fetcher, url, token ?? null);
    return new ModelInstaller(hub, {
      modelsDir: this.modelsDir,
      waiting: this.waiting,
      lock: { pollMs: 5 },
      ...options,
    });
  }

  /** Every file in MODELS_DIR, sorted: what is installed, and what lies in staging. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.modelsDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files
      .map((entry) => relative(this.modelsDir, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .sort();
  }

  content(path: string): Promise<Buffer> {
    return readFile(join(this.modelsDir, path));
  }
}

/** A world that is gone when the test ends. */
export async function hubWorld(repos: FakeRepos, options: FakeHubOptions = {}): Promise<HubWorld> {
  const hub = await startFakeHub(repos, options);
  const modelsDir = await mkdtemp(join(tmpdir(), 'parley-hub-'));
  onTestFinished(async () => {
    await hub.stop();
    await rm(modelsDir, { recursive: true, force: true });
  });
  return new HubWorld(hub, modelsDir);
}

/** A pull of `model.gguf`, unless it is said otherwise. */
export function pullOf(changes: Partial<PullRequest> = {}): PullRequest {
  return { name: 'model.gguf', repo: REPO, revision: null, files: ['model.gguf'], ...changes };
}

export function askerOf(signal: AbortSignal = new AbortController().signal): Asker {
  return { signal, onProgress: () => undefined };
}

export function install(installer: ModelInstaller, changes: Partial<PullRequest> = {}): Promise<Manifest> {
  return installer.install(pullOf(changes), askerOf());
}
