// Drives the llama engine of dist/ directly and measures it as http-load.mjs measures a server. Started by bench.mjs.
import { availableParallelism } from 'node:os';
import { createLlamaEngine } from '../../dist/inference/engines/llama/llama.engine.js';
import { median, promptOf } from './http-load.mjs';

const [path, threads, slots, contextSize] = process.argv.slice(2);
const engine = createLlamaEngine({
  model: 'bench',
  engine: 'llama',
  path,
  contextSize: Number(contextSize),
  slots: Number(slots),
  kvBudgetBytes: 0,
  threads: threads === '0' ? null : [{ tokens: 1, threads: Number(threads) }],
  cpuCount: availableParallelism(),
});
await engine.size();
await engine.load(() => undefined);
let nextId = 1;

function generate(prompt, seed) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let firstMs = 0;
    let tokens = 0;
    const task = {
      kind: 'text-generation',
      model: 'bench',
      prompt: { kind: 'raw', text: prompt },
      sampling: { temperature: 0.8, topK: 40, topP: 0.9, seed },
      maxTokens: 64,
      stop: [],
      overflow: 'refuse',
    };
    engine.start(nextId++, task, 'bench', {
      chunk: (chunk) => {
        if (chunk.type === 'text' && firstMs === 0) firstMs = performance.now() - started;
        if (chunk.type === 'finished') tokens = chunk.completionTokens;
      },
      done: () => resolve({ tokens, firstMs }),
      fail: (code, message) => reject(new Error(`${code}: ${message}`)),
    });
  });
}

process.on('message', async ({ streams, rounds }) => {
  const results = [];
  for (let round = -1; round < rounds; round++) {
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: streams }, (_, i) => generate(promptOf(1 + i + (round + 1) * streams), i)),
    );
    const seconds = (performance.now() - started) / 1000;
    const tokens = answers.reduce((sum, answer) => sum + answer.tokens, 0);
    if (round >= 0) results.push({ tokensPerSecond: tokens / seconds, firstMs: median(answers.map((a) => a.firstMs)) });
  }
  process.send({
    tokensPerSecond: median(results.map((r) => r.tokensPerSecond)),
    firstMs: median(results.map((r) => r.firstMs)),
  });
});
process.send('ready');
