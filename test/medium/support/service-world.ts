import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Caller } from '../../../src/inference/caller.js';
import { Catalogue } from '../../../src/inference/catalogue/catalogue.js';
import type { ParleyError } from '../../../src/inference/errors.js';
import { InferenceService, type InferenceOptions } from '../../../src/inference/inference.service.js';
import type { TextGenerationTask } from '../../../src/inference/text-tasks.js';
import { errorOf } from './errors.js';
import type { Behaviour, FakeRun } from './fake-runner.js';
import { settled } from './gate.js';
import { ResidencyWorld } from './residency-world.js';
import { rawTask } from './tasks.js';

const CALLER: Caller = { keyId: 'alice', dialect: 'openai', priority: 'interactive' };

/** A request that is being made: what came of it so far, and how to end it. */
export class Request {
  readonly texts: string[] = [];
  readonly left = new AbortController();
  /** Resolves to null at a good end, else to the error. */
  readonly ended: Promise<ParleyError | null>;
  hasEnded = false;

  constructor(service: InferenceService, task: TextGenerationTask, caller: Caller) {
    this.ended = this.read(service, task, caller);
  }

  private async read(service: InferenceService, task: TextGenerationTask, caller: Caller): Promise<ParleyError | null> {
    const reading = (async (): Promise<void> => {
      for await (const chunk of service.run(task, caller, this.left.signal)) {
        if (chunk.type === 'text') this.texts.push(chunk.text);
      }
    })();
    const failed = await reading.then(
      () => false,
      () => true,
    );
    this.hasEnded = true;
    return failed ? errorOf(reading) : null;
  }
}

/** The one door, with everything behind it but the processes. Models are the files `<id>.gguf`. */
export class ServiceWorld extends ResidencyWorld {
  readonly service: InferenceService;

  constructor(behaviours: Readonly<Record<string, Behaviour>>, options: Partial<InferenceOptions> = {}) {
    super(10, Object.fromEntries(Object.entries(behaviours).map(([id, behaviour]) => [`${id}.gguf`, behaviour])));
    const modelsDir = mkdtempSync(join(tmpdir(), 'parley-medium-'));
    onTestFinished(() => rmSync(modelsDir, { recursive: true, force: true }));
    for (const id of Object.keys(behaviours)) writeFileSync(join(modelsDir, `${id}.gguf`), 'GGUF');
    const catalogue = new Catalogue({ entries: [], modelsDir, startersDir: modelsDir, aliases: new Map() });
    this.service = new InferenceService(catalogue, this.residency, this.observed, {
      maxQueue: 10,
      autoload: true,
      ...options,
    });
  }

  /** Begins a request, and lets it come as far as it can. */
  async ask(model: string, caller: Partial<Caller> = {}): Promise<Request> {
    const request = new Request(this.service, rawTask('Hi', { model }), { ...CALLER, ...caller });
    await settled();
    return request;
  }

  /** The requests that reached the model's present runner, in order. */
  runsOf(id: string): FakeRun[] {
    return this.runnerOf(`${id}.gguf`).runs;
  }

  /** The request that reached the model's present runner last. */
  lastRunOf(id: string): FakeRun {
    const run = this.runsOf(id).at(-1);
    if (run === undefined) throw new Error(`no request reached ${id}`);
    return run;
  }

  queueOf(id: string): { running: number; waiting: number } | undefined {
    const queue = this.service.queueInfo().find((info) => info.model === `${id}.gguf`);
    return queue && { running: queue.running, waiting: queue.waiting };
  }
}
