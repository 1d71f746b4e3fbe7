import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Catalogue } from '../../../src/inference/catalogue/catalogue.js';
import type { CatalogueEntry } from '../../../src/inference/catalogue/catalogue-entry.js';
import type { RemoteEntry } from '../../../src/inference/catalogue/remote-source.js';
import { InferenceService } from '../../../src/inference/inference.service.js';
import { RemoteRunners } from '../../../src/inference/remote/remote-runners.js';
import { MemoryLedger } from '../../../src/inference/residency/memory-ledger.js';
import { ModelLoader } from '../../../src/inference/residency/model-loader.js';
import { Quarantine } from '../../../src/inference/residency/quarantine.js';
import { Residency } from '../../../src/inference/residency/residency.js';
import { ThreadMemory } from '../../../src/inference/residency/thread-memory.js';
import type { Chunk, Task, TaskKind } from '../../../src/inference/tasks.js';
import type { TextGenerationTask } from '../../../src/inference/text-tasks.js';
import { delta, events, FakeUpstream, SERVED, usage } from '../../support/fake-upstream.js';
import { Observed } from './observed.js';
import { chatTask } from './tasks.js';

const CALLER = { keyId: 'alice', dialect: 'openai', priority: 'interactive' } as const;
const TASKS = ['text-generation', 'image-text-to-text', 'feature-extraction', 'text-ranking'] as const;

export const CHAT = 'POST /v1/chat/completions';
export const HELLO = events(delta({ content: 'Hel' }), delta({ content: 'lo' }), delta({}, 'stop'), usage(7, 3, 2));

/** The one door, with everything behind it, over a server on the loopback. Its model is `far`. */
export class RemoteWorld {
  readonly observed = new Observed();
  readonly secrets = new Map<string, string>();
  readonly service: InferenceService;
  /** Milliseconds on the circuit breaker's clock. */
  now = 0;
  private readonly residency: Residency;

  private constructor(
    readonly upstream: FakeUpstream,
    remote: Partial<RemoteEntry>,
    more: Partial<CatalogueEntry>,
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'parley-medium-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const entry: CatalogueEntry = {
      id: 'far',
      title: 'Far',
      engine: 'remote',
      tasks: TASKS,
      remote: { base_url: upstream.url, model: SERVED, slots: 2, ...remote },
      ...more,
    };
    const catalogue = new Catalogue({ entries: [entry], modelsDir: folder, startersDir: folder, aliases: new Map() });
    const remotes = new RemoteRunners({ secretOf: (name) => this.secrets.get(name) ?? null, now: () => this.now });
    const settings = { contextSize: 2048, slots: null, threads: 1, cpuCount: 1 };
    this.residency = new Residency(
      new MemoryLedger(1), // a remote model takes none of it
      (budget) =>
        new ModelLoader(
          { local: refuseLocal, remote: (spec) => remotes.start(spec) },
          settings,
          budget,
          new Quarantine(),
          new ThreadMemory('/dev/null/none', 1),
        ),
      this.observed,
    );
    this.service = new InferenceService(catalogue, this.residency, this.observed, { maxQueue: 10, autoload: true });
  }

  static async start(remote: Partial<RemoteEntry> = {}, more: Partial<CatalogueEntry> = {}): Promise<RemoteWorld> {
    const upstream = await FakeUpstream.start();
    upstream.on(CHAT, HELLO);
    const world = new RemoteWorld(upstream, remote, more);
    onTestFinished(async () => {
      await world.service.close();
      await upstream.stop();
    });
    return world;
  }

  run<K extends TaskKind>(task: Task<K>, signal = new AbortController().signal): AsyncGenerator<Chunk<K>, void> {
    return this.service.run(task, CALLER, signal);
  }

  /** Everything that comes of a task. */
  async all<K extends TaskKind>(task: Task<K>): Promise<Chunk<K>[]> {
    const chunks: Chunk<K>[] = [];
    for await (const chunk of this.run(task)) chunks.push(chunk);
    return chunks;
  }

  /** The text of an answer to a short question. */
  async say(more: Partial<TextGenerationTask> = {}): Promise<string> {
    const chunks = await this.all<'text-generation'>(hello(more));
    return chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
  }

  load(contextSize: number | null = null): ReturnType<InferenceService['load']> {
    return this.service.load('far', { contextSize, pin: false }, new AbortController().signal);
  }
}

export function hello(more: Partial<TextGenerationTask> = {}): TextGenerationTask {
  return chatTask([{ role: 'user', content: 'Hi' }], { model: 'far', ...more });
}

function refuseLocal(): never {
  throw new Error('this world starts no processes');
}
