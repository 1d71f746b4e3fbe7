import type { RunnerEngine } from '../catalogue/model-entry.js';

/** How long the parent waits for its child, in milliseconds. */
export interface RunnerDeadlines {
  /** From spawn to `sized`: the process starts and reads a header. */
  readonly size: number;
  /** From `load` to `ready`: a part of its own, and a part for each gibibyte that the model will take. */
  readonly load: number;
  readonly loadPerGiB: number;
  /** A process without any heartbeat that does not compute either hangs. */
  readonly silence: number;
  /** With requests running and no step done the engine hangs; a step may be a long prefill on a slow machine. */
  readonly stall: number;
}

export const DEFAULT_DEADLINES: RunnerDeadlines = {
  size: 30_000,
  load: 120_000,
  loadPerGiB: 30_000,
  silence: 15_000,
  stall: 120_000,
};

/**
 * One step of a large diffusion model on a few cores takes minutes, and nothing is heard of the process meanwhile, also when
 * it waits for a slow disk.
 */
const ONNX: Partial<RunnerDeadlines> = { silence: 30_000, stall: 15 * 60_000 };

export function deadlinesOf(engine: RunnerEngine): RunnerDeadlines {
  return engine === 'llama' ? DEFAULT_DEADLINES : { ...DEFAULT_DEADLINES, ...ONNX };
}

export function loadDeadline(deadlines: RunnerDeadlines, modelBytes: number): number {
  return deadlines.load + (modelBytes / 1024 ** 3) * deadlines.loadPerGiB;
}
