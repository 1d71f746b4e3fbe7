import type { RunnableModel } from '../../../src/inference/catalogue/model-entry.js';
import { MemoryLedger } from '../../../src/inference/residency/memory-ledger.js';
import { ModelLoader } from '../../../src/inference/residency/model-loader.js';
import { Quarantine } from '../../../src/inference/residency/quarantine.js';
import { Residency, type Lease } from '../../../src/inference/residency/residency.js';
import { ThreadMemory } from '../../../src/inference/residency/thread-memory.js';
import type { ModelFacts, RunnerSpec } from '../../../src/inference/runners/protocol.js';
import { FakeRunner, type Behaviour } from './fake-runner.js';
import { settled } from './gate.js';
import { Observed } from './observed.js';

/** A unit of memory: budgets and models are counted in these, the runner's own base included. */
export const UNIT = 1024 ** 3;
const RUNNER_BASE_BYTES = 96 * 1024 ** 2;

/** A model that takes `units` in the ledger. */
export function model(units: number, more: Partial<Behaviour> = {}): Behaviour {
  return { bytes: units * UNIT - RUNNER_BASE_BYTES, ...more };
}

export function entry(id: string): RunnableModel {
  return {
    id,
    aliases: [],
    title: id,
    engine: 'llama',
    tasks: ['text-generation'],
    path: `/nowhere/${id}.gguf`,
    starter: false,
    hub: null,
    heavy: false,
    params: null,
    bytes: null,
    licence: null,
    verified: true,
    sampling: {},
    contextSize: null,
    created: 0,
  };
}

function refuseRemote(): never {
  throw new Error('this world has no other servers');
}

const NEVER = new AbortController().signal;

/** Residency, loader and budget as they are, over runners without a process. */
export class ResidencyWorld {
  readonly observed = new Observed();
  readonly runners: FakeRunner[] = [];
  readonly residency: Residency;
  private readonly behaviours = new Map<string, Behaviour>();

  constructor(budgetUnits: number, behaviours: Readonly<Record<string, Behaviour>>) {
    for (const [id, behaviour] of Object.entries(behaviours)) this.behaviours.set(id, behaviour);
    const settings = { contextSize: 2048, slots: null, threads: 1, cpuCount: 1 };
    this.residency = new Residency(
      new MemoryLedger(budgetUnits * UNIT),
      (budget) =>
        new ModelLoader(
          { local: (spec) => this.start(spec), remote: refuseRemote },
          settings,
          budget,
          new Quarantine(),
          new ThreadMemory('/dev/null/none', 1),
        ),
      this.observed,
    );
  }

  /** Has a model behave otherwise from its next start on. */
  change(id: string, behaviour: Behaviour): void {
    this.behaviours.set(id, behaviour);
  }

  acquire(id: string, signal: AbortSignal = NEVER): Promise<Lease> {
    return this.residency.acquire(entry(id), signal);
  }

  load(id: string, contextSize: number | null = null, pin = false): Promise<ModelFacts> {
    return this.residency.load(entry(id), { contextSize, pin }, NEVER);
  }

  /** Acquires and gives back, so that it is the one used last. */
  async use(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      (await this.acquire(id)).release();
      await this.tick();
    }
  }

  /** Every runner that was ever started for a model. */
  startsOf(id: string): FakeRunner[] {
    return this.runners.filter(({ spec }) => spec.model === id);
  }

  /** The runner that was started last for a model. */
  runnerOf(id: string): FakeRunner {
    const runner = this.startsOf(id).at(-1);
    if (runner === undefined) throw new Error(`${id} was never started`);
    return runner;
  }

  /** Models that are ready. */
  ready(): string[] {
    return this.residency
      .list()
      .filter(({ state }) => state === 'ready')
      .map((resident) => resident.model)
      .sort();
  }

  stateOf(id: string): string {
    return this.residency.list().find((resident) => resident.model === id)?.state ?? 'none';
  }

  get usedUnits(): number {
    return this.residency.budget.ledger.used / UNIT;
  }

  private start(spec: RunnerSpec): FakeRunner {
    const runner = new FakeRunner(spec, this.behaviours.get(spec.model) ?? model(1));
    this.runners.push(runner);
    return runner;
  }

  /** The clock that orders models by use must have moved on. */
  private async tick(): Promise<void> {
    const before = performance.now();
    do await settled();
    while (performance.now() <= before);
  }
}
