import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Engine, RunSink } from '../../src/inference/engines/engine.js';
import { HEARTBEAT_MS, RunnerHost } from '../../src/inference/runners/host.js';
import type { ChildMessage, RunEvent, RunnerSpec } from '../../src/inference/runners/protocol.js';
import type { Task } from '../../src/inference/tasks.js';

const SPEC = { model: 'm', engine: 'llama' } as RunnerSpec;
const TASK = { kind: 'text-generation', model: 'm' } as Task;
const BUDGET_MS = 5000;

/** An engine whose requests are prepared for as long as a test says. */
class PreparingEngine implements Engine {
  readonly steps = 0;
  readonly aborted: number[] = [];
  readonly sinks = new Map<number, RunSink>();
  costlyPreparations: { id: number; milliseconds: number }[] = [];

  size(): Promise<number> {
    return Promise.resolve(1);
  }

  load(): ReturnType<Engine['load']> {
    return Promise.resolve({ context: null, slots: 2, threads: null, gpuLayers: 0, gpuName: null });
  }

  start(id: number, _task: Task, _scope: string, sink: RunSink): void {
    this.sinks.set(id, sink);
  }

  abort(id: number): void {
    this.aborted.push(id);
  }

  pause = vi.fn();
  resume = vi.fn();
}

let engine: PreparingEngine;
let host: RunnerHost;
let messages: ChildMessage[];

function eventsOf(id: number): RunEvent[] {
  return messages
    .flatMap((message) => (message.type === 'events' ? message.events : []))
    .filter((one) => one.id === id);
}

beforeEach(async () => {
  vi.useFakeTimers();
  engine = new PreparingEngine();
  messages = [];
  const loader = (): Promise<() => Engine> => Promise.resolve(() => engine);
  host = new RunnerHost({
    engines: { llama: loader, 'paddle-ocr': loader, transformers: loader, diffusion: loader, piper: loader },
    send: (message) => messages.push(message),
    exit: () => undefined,
    preparationBudgetMs: BUDGET_MS,
  });
  host.receive({ type: 'init', spec: SPEC });
  await vi.advanceTimersByTimeAsync(0);
  host.receive({ type: 'load' });
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => vi.useRealTimers());

it('a request that is prepared for longer than its budget fails alone with invalid_request', async () => {
  for (const id of [1, 2]) host.receive({ type: 'run', id, task: TASK, cacheScope: 'k' });
  engine.costlyPreparations = [
    { id: 1, milliseconds: BUDGET_MS + 1 },
    { id: 2, milliseconds: BUDGET_MS },
  ];
  await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
  expect(engine.aborted).toEqual([1]);
  expect(eventsOf(1)).toMatchObject([{ type: 'failed', code: 'invalid_request' }]);
  expect(eventsOf(2)).toEqual([]);
});

it('heartbeats name the requests that are being prepared', async () => {
  engine.costlyPreparations = [{ id: 7, milliseconds: 10 }];
  await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
  const heartbeats = messages.filter(({ type }) => type === 'heartbeat');
  expect(heartbeats.at(-1)).toMatchObject({ preparing: [{ id: 7, milliseconds: 10 }] });
});
