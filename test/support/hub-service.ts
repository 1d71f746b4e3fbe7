import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Hold } from './fake-hub.js';
import { startFakeHub, type FakeHub, type FakeRepos } from './fake-hub.js';
import { STARTER_FILE, startServer, type Exit, type Server, type ServerOptions } from './server.js';

const MIB = 1024 ** 2;

/** The starter model under another name: a small file that answers. */
export const TALKING = { path: STARTER_FILE };

/** Bytes of the starter model. */
export const TALKING_BYTES = 4_378_400;

/** Where transfers of {@link TALKING} are made to stand still: well within the file. */
export const HALFWAY = 2 * MIB;

export interface HubServiceOptions extends Omit<ServerOptions, 'dataDir'> {
  readonly repos?: FakeRepos;
  /** The one token that the hub accepts. */
  readonly token?: string;
  /** Models that the service knows by name, beside the starter, as config/models.yaml spells them. */
  readonly catalogue?: readonly object[];
}

const STARTER = {
  id: 'starter-chat',
  title: 'Starter chat',
  engine: 'llama',
  tasks: ['text-generation'],
  starter: 'starter-chat/starter-chat-q8_0.gguf',
  sampling: { temperature: 0 },
};

/** A service with a model hub of its own on loopback. It can be ended and started again on the same data. */
export class HubService {
  private made = 0;

  private constructor(
    readonly hub: FakeHub,
    readonly dataDir: string,
    private readonly options: ServerOptions,
    private running: Server,
  ) {}

  static async start({ repos = {}, token, catalogue, env, ...rest }: HubServiceOptions = {}): Promise<HubService> {
    const hub = await startFakeHub(repos, token === undefined ? {} : { token });
    const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
    const known = join(dataDir, 'models.yaml');
    // JSON is YAML.
    if (catalogue !== undefined) writeFileSync(known, JSON.stringify({ models: [STARTER, ...catalogue] }));
    const options = {
      ...rest,
      dataDir,
      env: {
        HF_ENDPOINT: hub.url,
        EGRESS_ALLOW: '127.0.0.1',
        ...(catalogue === undefined ? {} : { CATALOGUE: known }),
        ...env,
      },
    };
    try {
      return new HubService(hub, dataDir, options, await startServer(options));
    } catch (error) {
      await hub.stop();
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** The process that runs now, or ran last. */
  get server(): Server {
    return this.running;
  }

  get url(): string {
    return this.running.url;
  }

  /** Ends the service as an operator does, or as the kernel does when memory is out. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Exit> {
    this.running.signal(signal);
    return this.running.exit;
  }

  /** Starts it on what it has left; `env` is added to the environment that it had. */
  async startAgain(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.running = await startServer({ ...this.options, models: {}, env: { ...this.options.env, ...env } });
  }

  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.end(signal);
    await this.startAgain();
  }

  /** Puts a file that nobody has asked for yet into a repository of its own. `key` is its name on the hub. */
  async newFile(content: Buffer | { readonly path: string } = Buffer.alloc(MIB, 7), suffix = 'gguf'): Promise<NewFile> {
    const number = String(++this.made);
    const [repo, file] = [`user/repo-${number}`, `file-${number}.${suffix}`];
    await this.hub.commit(repo, { [file]: content });
    return { repo, file, key: `${repo}/${file}`, model: `hf/${repo}/${file}` };
  }

  /** As {@link newFile}, with a transfer that stands still in its middle until it is released. */
  async newHeldFile(content?: Buffer | { readonly path: string }): Promise<NewFile & { readonly hold: Hold }> {
    const file = await this.newFile(content);
    return { ...file, hold: this.hub.hold(file.key, MIB / 2) };
  }

  /** Every file below MODELS_DIR, hidden ones too. */
  files(): string[] {
    const { modelsDir } = this.running;
    const entries = readdirSync(modelsDir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(modelsDir, join(entry.parentPath, entry.name)))
      .sort();
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.hub.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export interface NewFile {
  readonly repo: string;
  readonly file: string;
  /** `user/repo/file`, as the hub calls it. */
  readonly key: string;
  /** `hf/user/repo/file`, as `/pull` calls it. */
  readonly model: string;
}
