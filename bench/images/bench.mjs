// How fast pictures are drawn through the service, against the bare UNet session in a loop on as many threads, and what the
// rest of the service feels of it.
//   npm run bench:images [-- --sizes 512,1024 --steps 40 --rounds 3 --model starter-image --folder models/starter/starter-image]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RUNNER_ENV, startEngine } from './engine.mjs';
import { eventLoopDelay, peakMiB, startService, tokensPerSecond } from '../service.mjs';
import { cancel, drawn, launch } from './service.mjs';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'starter-image' },
    folder: { type: 'string', default: 'models/starter/starter-image' },
    sizes: { type: 'string', default: '512,1024' },
    steps: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string' },
  },
});
const sizes = options.sizes.split(',').map(Number);
const steps = Number(options.steps);
const rounds = Number(options.rounds);
const threads = options.threads ?? String(availableParallelism());
const MOST_STEPS = 200;

/** No guidance: one run of the UNet for each step, as in the loop. */
const picture = (side, how) => ({
  model: options.model,
  prompt: 'a red circle on a blue background',
  size: `${side}x${side}`,
  guidance_scale: 1,
  seed: 1,
  ...how,
});

async function bareUnet(kind) {
  const script = new URL('bare-unet.mjs', import.meta.url);
  const child = fork(script, [options.folder, threads, kind], { env: kind === 'same' ? RUNNER_ENV : process.env });
  await once(child, 'message');
  return {
    speed: async (work) => {
      child.send(work);
      return (await once(child, 'message'))[0];
    },
    stop: () => child.kill(),
  };
}

/** The contenders one after the other in each round, so that a machine that changes changes for all. */
async function compare(url, { engine, same, own }, side) {
  const found = [];
  for (let round = 0; round < rounds; round++) {
    const { stepsPerSecond, firstMs } = await drawn(url, picture(side, { steps }));
    const speeds = [];
    for (const one of [engine, same, own]) speeds.push(await one.speed({ steps, side }));
    found.push({ service: stepsPerSecond, firstMs, engine: speeds[0], same: speeds[1], own: speeds[2] });
  }
  const of = (value) => median(found.map(value));
  return {
    size: side,
    'engine steps/s': digits(
      of((one) => one.engine),
      2,
    ),
    'bare UNet': digits(
      of((one) => one.same),
      2,
    ),
    ratio: digits(
      of((one) => one.engine / one.same),
      3,
    ),
    "bare, onnxruntime's options": digits(
      of((one) => one.own),
      2,
    ),
    'over HTTP': digits(
      of((one) => one.service),
      2,
    ),
    'first step ms': digits(
      of((one) => one.firstMs),
      0,
    ),
  };
}

/** Tokens a second of one text stream while a picture is made that takes longer. */
async function paceBeside(url, side) {
  let begun;
  const started = new Promise((resolve) => (begun = resolve));
  const drawing = drawn(url, picture(side, { steps: MOST_STEPS }), begun);
  const id = await Promise.race([started, drawing.then(() => null)]);
  const pace = await tokensPerSecond(url);
  if (id !== null) await cancel(url, id);
  await drawing.catch(() => undefined);
  return pace;
}

async function textPaces(url, side) {
  const [alone, beside] = [[], []];
  for (let round = 0; round < rounds; round++) {
    alone.push(await tokensPerSecond(url));
    beside.push(await paceBeside(url, side));
  }
  return { alone: median(alone), beside: median(beside) };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const digits = (value, count) => Number(value.toFixed(count));

const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const running = await startService(dataDir, {
  PRELOAD_MODELS: 'starter-chat',
  ...(options.threads !== undefined && { THREADS: options.threads }),
});
const contenders = {
  engine: await startEngine(options.model, options.folder, Number(threads)),
  same: await bareUnet('same'),
  own: await bareUnet('default'),
};
try {
  const { url } = running;
  const runner = await launch(running, options.model);
  await drawn(url, picture(64, { steps: 2 })); // opens the store
  const rows = [];
  for (const side of sizes) {
    const row = await compare(url, contenders, side);
    rows.push({ ...row, 'peak MiB so far': peakMiB(runner) });
  }
  console.table(rows);
  await eventLoopDelay(url);
  await drawn(url, picture(sizes[0], { steps, n: 2, preview_every: 5 }));
  const delay = await eventLoopDelay(url);
  console.log(
    `the service's event loop while pictures are drawn: ${digits(delay.p50, 1)} ms median delay, ${digits(delay.p99, 1)} ms p99`,
  );
  const { alone, beside } = await textPaces(url, sizes.at(-1));
  console.log(
    `one text stream: ${digits(alone, 0)} tokens/s alone, ${digits(beside, 0)} beside a picture of ${sizes.at(-1)} (${digits(beside / alone, 2)})`,
  );
} finally {
  for (const one of Object.values(contenders)) await one.stop();
  running.service.kill('SIGTERM');
  await once(running.service, 'exit');
  rmSync(dataDir, { recursive: true, force: true });
}
