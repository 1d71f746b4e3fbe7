import type { Llama, LlamaModel, Token } from 'node-llama-cpp';
import type { ThreadPlan } from '../../../runners/thread-plan.js';

/** Sizes of text that are measured, in tokens: a search, and a paragraph. */
const SIZES = [8, 64] as const;
const READS = 4;
const LIMIT_MS = 300;
/** More threads must be this much faster: idle cores serve HTTP, and spinning threads suffer most under load. */
const WORTHWHILE = 1.1;

/**
 * Measures one, half of and all cores at each size, and keeps the best. It differs from the text engine's, which decodes:
 * models that only read cannot.
 */
export async function measureThreads(
  llama: Llama,
  model: LlamaModel,
  { cpuCount, longest }: { readonly cpuCount: number; readonly longest: number },
  read: (tokens: readonly Token[]) => Promise<void>,
): Promise<ThreadPlan> {
  const token = model.tokenize('a')[0];
  if (cpuCount === 1 || token === undefined) return [{ tokens: 1, threads: 1 }];
  const plan: { tokens: number; threads: number }[] = [];
  for (const size of SIZES.filter((tokens) => tokens === SIZES[0] || tokens < longest)) {
    const text = new Array<Token>(Math.min(size, longest - 1)).fill(token);
    let best = { threads: 1, ms: Infinity };
    for (const threads of new Set([1, Math.ceil(cpuCount / 2), cpuCount])) {
      llama.maxThreads = threads;
      const ms = await readTime(() => read(text));
      if (ms * WORTHWHILE < best.ms) best = { threads, ms };
    }
    plan.push({ tokens: size === SIZES[0] ? 1 : size, threads: best.threads });
  }
  llama.maxThreads = cpuCount;
  return plan;
}

/** Least milliseconds of a few reads; the first is only to warm up. */
async function readTime(read: () => Promise<void>): Promise<number> {
  let least = Infinity;
  const began = performance.now();
  for (let count = 0; count < READS && (count < 2 || performance.now() - began < LIMIT_MS); count++) {
    const started = performance.now();
    await read();
    if (count > 0) least = Math.min(least, performance.now() - started);
  }
  return least;
}
