import type { Llama, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { BATCH_IN_SEQUENCE_ORDER } from './batch-order.js';
import type { ThreadPlan } from '../../runners/thread-plan.js';

/** Turn sizes that are measured: one stream, a few, many (prefill goes with many). */
const TURN_SIZES = [1, 4, 16] as const;
const LARGEST_TURN = 16;
const TURNS = 8;
const LIMIT_MS = 400;
/** More threads must be this much faster: idle cores serve HTTP, and spinning threads suffer most under load. */
const WORTHWHILE = 1.1;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Infinity;
}

/** Median milliseconds of a lock-step turn in which each of these sequences decodes one token. */
async function turnTime(sequences: readonly LlamaContextSequence[], startToken: Token): Promise<number> {
  const streams = sequences.map((sequence) => sequence.evaluate([startToken], { temperature: 0, yieldEogToken: true }));
  const times: number[] = [];
  const began = performance.now();
  for (let turn = 0; turn < TURNS && (turn < 3 || performance.now() - began < LIMIT_MS); turn++) {
    const started = performance.now();
    await Promise.all(streams.map((stream) => stream.next()));
    if (turn > 0) times.push(performance.now() - started);
  }
  for (const stream of streams) await stream.return();
  for (const sequence of sequences) await sequence.clearHistory();
  return median(times);
}

/**
 * Measures one, half of and all cores at each turn size, and keeps the best. Never assumed: with the prebuilt binary,
 * which makes and joins its threads for every decode, two threads can be ten times slower than one for a single stream
 * and still faster for many.
 */
export async function calibrateThreads(llama: Llama, model: LlamaModel, cpuCount: number): Promise<ThreadPlan> {
  const start = model.tokens.bos ?? model.tokens.eos ?? model.tokenize('a')[0];
  if (cpuCount === 1 || start === undefined) return [{ tokens: 1, threads: 1 }];
  const context = await model.createContext({
    contextSize: 32,
    batchSize: 64,
    sequences: LARGEST_TURN,
    threads: { ideal: cpuCount, min: 1 },
    batching: BATCH_IN_SEQUENCE_ORDER,
    ignoreMemorySafetyChecks: true,
  });
  try {
    const sequences = Array.from({ length: LARGEST_TURN }, () => context.getSequence());
    const plan: { tokens: number; threads: number }[] = [];
    for (const tokens of TURN_SIZES) {
      let best = { threads: 1, ms: Infinity };
      for (const threads of new Set([1, Math.ceil(cpuCount / 2), cpuCount])) {
        llama.maxThreads = threads;
        const ms = await turnTime(sequences.slice(0, tokens), start);
        if (ms * WORTHWHILE < best.ms) best = { threads, ms };
      }
      plan.push({ tokens, threads: best.threads });
    }
    return plan;
  } finally {
    llama.maxThreads = cpuCount;
    await context.dispose();
  }
}
