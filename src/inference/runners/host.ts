import { InitError, type Engine, type EngineFactory, type RunSink } from '../engines/engine.js';
import type { RunnerEngine } from '../catalogue/model-entry.js';
import { readOwnMemory } from './memory-reading.js';
import { Outbox } from './outbox.js';
import { FileReceiver } from './file-transfer.js';
import type { ChildMessage, ParentMessage, RunnerSpec } from './protocol.js';

export const HEARTBEAT_MS = 1000;
/** Reading the memory walks the page tables; once in this many heartbeats is enough. */
const HEARTBEATS_PER_MEMORY_READING = 5;
/** Milliseconds in which a request's prompt or texts are read, its wait for those of other requests included. */
const PREPARATION_BUDGET_MS = 60_000;

export interface HostOptions {
  readonly engines: Readonly<Record<RunnerEngine, () => Promise<EngineFactory>>>;
  readonly send: (message: ChildMessage) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** For tests. */
  readonly preparationBudgetMs?: number;
}

/** The child's side of the protocol: one engine, told what to do by the parent. */
export class RunnerHost {
  private engine: Engine | undefined;
  private readonly outbox: Outbox;
  private readonly files = new FileReceiver();
  private memoryBytes = 0;

  constructor(private readonly options: HostOptions) {
    this.outbox = new Outbox(options.send);
  }

  receive(message: ParentMessage): void {
    switch (message.type) {
      case 'init':
        this.guardInit(this.init(message.spec));
        break;
      case 'load':
        this.guardInit(this.load());
        break;
      case 'file':
        this.files.add(message);
        break;
      case 'run':
        this.run(message);
        break;
      case 'abort':
        this.files.drop(message.id);
        this.engine?.abort(message.id);
        break;
      case 'pause':
        this.engine?.pause(message.id);
        break;
      case 'resume':
        this.engine?.resume(message.id);
        break;
    }
  }

  private run({ id, task, cacheScope }: Extract<ParentMessage, { type: 'run' }>): void {
    const { engine } = this;
    if (engine === undefined) return;
    engine.start(id, this.files.attach(id, task), cacheScope, this.sinkOf(id));
    // Should the process be silent from now on, the parent knows over which request.
    if (engine.costlyPreparations?.some((preparation) => preparation.id === id) === true) this.sendHeartbeat(engine);
  }

  private async init(spec: RunnerSpec): Promise<void> {
    const createEngine = await this.options.engines[spec.engine]();
    this.engine = createEngine(spec);
    this.options.send({ type: 'sized', bytes: await this.engine.size() });
  }

  private async load(): Promise<void> {
    if (this.engine === undefined) throw new InitError('failed', 'load before init');
    const facts = await this.engine.load((fraction) => {
      this.options.send({ type: 'progress', fraction });
    });
    this.memoryBytes = readOwnMemory();
    this.options.send({ type: 'ready', facts: { ...facts, memoryBytes: this.memoryBytes } });
    this.startHeartbeat(this.engine);
  }

  /** A child whose init failed must end, or the parent could take it for a usable one. */
  private guardInit(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const known = error instanceof InitError ? error : new InitError('failed', 'the engine could not start');
      if (known !== error) console.error(error);
      this.options.send({ type: 'init-failed', failure: known.failure, message: known.message });
      this.options.exit(1);
    });
  }

  private startHeartbeat(engine: Engine): void {
    let beats = 0;
    setInterval(() => {
      if (++beats % HEARTBEATS_PER_MEMORY_READING === 0) this.memoryBytes = readOwnMemory();
      this.endLongPreparations(engine);
      this.sendHeartbeat(engine);
    }, HEARTBEAT_MS);
  }

  private sendHeartbeat(engine: Engine): void {
    const { costlyPreparations: preparing = [], steps } = engine;
    const { memoryBytes } = this;
    this.options.send({ type: 'heartbeat', memoryBytes, steps, ...(preparing.length > 0 && { preparing }) });
  }

  private endLongPreparations(engine: Engine): void {
    const budget = this.options.preparationBudgetMs ?? PREPARATION_BUDGET_MS;
    for (const { id, milliseconds } of engine.costlyPreparations ?? []) {
      if (milliseconds <= budget) continue;
      engine.abort(id);
      const message = `Reading the prompt took longer than ${String(budget / 1000)} s. Send a shorter one.`;
      this.sinkOf(id).fail('invalid_request', message);
    }
  }

  private sinkOf(id: number): RunSink {
    return {
      chunk: (chunk) => this.outbox.push({ id, type: 'chunk', chunk }),
      done: () => this.outbox.push({ id, type: 'done' }),
      fail: (code, message, param) => this.outbox.push({ id, type: 'failed', code, message, param }),
    };
  }
}
