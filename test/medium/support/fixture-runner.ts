import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { RunnerSpec } from '../../../src/inference/runners/protocol.js';
import type { RunnerDeadlines } from '../../../src/inference/runners/runner-deadlines.js';
import { RunnerProcess } from '../../../src/inference/runners/runner-process.js';
import type { Run } from '../../../src/inference/runners/runner.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/runners', import.meta.url));

/** Long enough never to be met on a busy machine. */
const PATIENT: RunnerDeadlines = { size: 60_000, load: 60_000, loadPerGiB: 0, silence: 60_000, stall: 60_000 };

export const SPEC: RunnerSpec = {
  model: 'm',
  engine: 'llama',
  tasks: ['text-generation'],
  path: '/nowhere/m.gguf',
  contextSize: 2048,
  slots: 4,
  kvBudgetBytes: 0,
  threads: null,
  cpuCount: 1,
};

/** What a child wrote to stderr, and a way to wait for it. */
export class Stderr {
  text = '';
  private readonly waiting: { readonly isThere: () => boolean; resolve(): void }[] = [];

  readonly take = (_model: string, text: string): void => {
    this.text += text;
    for (const waiter of this.waiting) if (waiter.isThere()) waiter.resolve();
  };

  /** Resolves when `text` has been written `times` times from now on. */
  async next(text: string, times = 1): Promise<void> {
    const from = this.text.length;
    const isThere = (): boolean => this.text.slice(from).split(text).length > times;
    await new Promise<void>((resolve) => this.waiting.push({ isThere, resolve }));
  }

  /** Resolves when `text` has been written, be it already or from now on. */
  async has(text: string): Promise<void> {
    const isThere = (): boolean => this.text.includes(text);
    if (!isThere()) await new Promise<void>((resolve) => this.waiting.push({ isThere, resolve }));
  }
}

export interface FixtureRunner {
  readonly runner: RunnerProcess;
  readonly stderr: Stderr;
}

/** Starts test/fixtures/runners/<name>.mjs. Ends with the test. */
export function startFixture(name: string, deadlines: Partial<RunnerDeadlines> = {}): FixtureRunner {
  const stderr = new Stderr();
  const runner = new RunnerProcess(SPEC, {
    script: `${FOLDER}/${name}.mjs`,
    env: { PATH: process.env.PATH },
    deadlines: { ...PATIENT, ...deadlines },
    onStderr: stderr.take,
  });
  onTestFinished(() => runner.stop());
  return { runner, stderr };
}

/** Starts it, and loads it. */
export async function loadFixture(name: string, deadlines: Partial<RunnerDeadlines> = {}): Promise<FixtureRunner> {
  const started = startFixture(name, deadlines);
  await started.runner.size();
  await started.runner.load(() => undefined);
  return started;
}

/** Reads up to `count` texts of a run. */
export async function texts(run: Run, count = Infinity): Promise<string[]> {
  const read: string[] = [];
  while (read.length < count) {
    const { done, value } = await run.chunks.next();
    if (done === true) break;
    if (value.type === 'text') read.push(value.text);
  }
  return read;
}

/** Whether a process is there. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
