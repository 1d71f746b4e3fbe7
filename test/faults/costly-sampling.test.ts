import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextGenerationTask } from '../../src/inference/text-tasks.js';
import { LlamaRunner } from '../medium/support/llama-runner.js';
import { chatTask } from '../medium/support/tasks.js';
import { writeLargeVocabulary } from './support/large-vocabulary.js';

const path = join(tmpdir(), `large-vocabulary-${String(process.pid)}.gguf`);
const TOKENS = 150;
/** A quarter rather than half: both figures are of a machine that does other things, too. */
const SLOWEST_SHARE = 0.25;

let llama: LlamaRunner;
beforeAll(async () => {
  writeLargeVocabulary(path, 150_000);
  ({ llama } = await LlamaRunner.load({ path, slots: 8, contextSize: 2048 }));
});
afterAll(async () => {
  await llama.stop();
  rmSync(path);
});

function task(more: Partial<TextGenerationTask> = {}): TextGenerationTask {
  return chatTask([{ role: 'user', content: 'a' }], { maxTokens: TOKENS, ...more });
}

/** Milliseconds for each token of a stream, the first one left out. */
async function pace(scope: string): Promise<number> {
  const run = llama.runner.run(task(), scope);
  const times: number[] = [];
  for await (const chunk of run.chunks) if (chunk.type === 'text') times.push(performance.now());
  return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);
}

describe('a stream beside requests whose tokens are costly to choose', () => {
  it.each([1, 6])('keeps its speed: %i with logprobs', async (count) => {
    await pace('b');
    const quiet = await pace('b');
    const noisy = Array.from({ length: count }, () => llama.runner.run(task({ logprobs: 20, maxTokens: 2000 }), 'a'));
    const begun = noisy.map(({ chunks }) => chunks.next());
    await begun[0];
    const beside = await pace('b');
    for (const run of noisy) run.abort();
    expect(quiet / beside).toBeGreaterThan(SLOWEST_SHARE);
  });

  it('gives the costly ones their turns, key by key', async () => {
    const own = ['a', 'a', 'a', 'c'].map((scope) => llama.ask(task({ logprobs: 1, maxTokens: 8 }), scope));
    const [, , , other] = await Promise.all(own);
    expect(other?.finished.completionTokens).toBe(8);
  });
});
