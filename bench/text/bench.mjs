// Text throughput side by side in one run: see bench/README.md.
// node bench/text/bench.mjs [--models 24m,143m,1.1b] [--threads auto,1,2] [--streams 1,8,16] [--rounds 3]
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runLlamaBench, startInProcess, startLlamaServer, startParley } from './contenders.mjs';
import { makeModel, modelPath } from './make-models.mjs';

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '24m,143m,1.1b' },
    threads: { type: 'string', default: `auto,${availableParallelism()}` },
    streams: { type: 'string', default: '1,8,16' },
    rounds: { type: 'string', default: '3' },
  },
});
const list = (text) => text.split(',');
const rounds = Number(values.rounds);

function ratio(a, b) {
  return a === undefined || b === undefined ? '–' : (a / b).toFixed(2);
}

/** Starts every contender, then measures them in turn for each number of streams, so that all see the same machine. */
async function compare(model, threads) {
  const all = availableParallelism();
  const fixed = threads === 'auto' ? null : Number(threads);
  const parley = await startParley(model, fixed);
  const loop = await startInProcess(model, fixed);
  const server = process.env.LLAMA_SERVER ? await startLlamaServer(model, fixed ?? all) : undefined;
  const limit = process.env.LLAMA_BENCH ? await runLlamaBench(model, fixed ?? all) : undefined;
  const rows = [];
  for (const streams of list(values.streams).map(Number)) {
    const ours = await parley.measure(streams, rounds);
    const bare = await loop.measure(streams, rounds);
    const theirs = await server?.measure(streams, rounds);
    rows.push({ streams, ours, bare, theirs, limit });
  }
  await Promise.all([parley.stop(), loop.stop(), server?.stop()]);
  return rows;
}

console.log(
  '| model | threads | streams | Parley tok/s | loop tok/s | llama-server tok/s | Parley/server | Parley/loop | TTFT ms | server TTFT ms | TTFT ratio | llama-bench |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const name of list(values.models)) {
  const path = existsSync(name) ? name : modelPath(name);
  if (!existsSync(path)) {
    mkdirSync(new URL('../models/', import.meta.url), { recursive: true });
    makeModel(name, path);
  }
  for (const threads of list(values.threads)) {
    for (const { streams, ours, bare, theirs, limit } of await compare(path, threads)) {
      const cells = [
        name,
        threads,
        streams,
        ours.tokensPerSecond.toFixed(0),
        bare.tokensPerSecond.toFixed(0),
        theirs?.tokensPerSecond.toFixed(0) ?? '–',
        ratio(ours.tokensPerSecond, theirs?.tokensPerSecond),
        ratio(ours.tokensPerSecond, bare.tokensPerSecond),
        ours.firstMs.toFixed(0),
        theirs?.firstMs.toFixed(0) ?? '–',
        ratio(ours.firstMs, theirs?.firstMs),
        streams === 1 ? (limit?.toFixed(0) ?? '–') : '',
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}
