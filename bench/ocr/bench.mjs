// How fast pages are read through the service, and what the rest of it feels of that, with tesseract as a yardstick for
// time and character error on the same pages, one process a page as its users run it.
//   npm run bench:ocr [-- --pages 10 --model starter-ocr]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { childrenOf, eventLoopDelay, startService, tokensPerSecond } from '../service.mjs';
import { characterErrors, makePages } from './pages.mjs';

const { values: options } = parseArgs({
  options: { pages: { type: 'string', default: '10' }, model: { type: 'string', default: 'starter-ocr' } },
});
const PROBE_EVERY_MS = 50;
const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));

async function readBatch(url, pages) {
  const form = new FormData();
  for (const [at, { png }] of pages.entries()) form.append('files', new Blob([png]), `${at}.png`);
  const answer = await fetch(`${url}/batch/ocr`, { method: 'POST', body: form });
  if (answer.status !== 200) throw new Error(`batch answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).results.map(({ text }) => text ?? '');
}

/** Times of a route while `work` runs, in ms. */
async function during(work, ask) {
  let done = false;
  const working = work().finally(() => (done = true));
  const times = [];
  while (!done) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  await working;
  return times.sort((a, b) => a - b);
}

async function firstToken(url) {
  const body = JSON.stringify({ prompt: 'Hello!', max_tokens: 16 });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/generate`, { method: 'POST', headers, body });
  await answer.body.getReader().read();
  await answer.body.cancel().catch(() => undefined);
}

function tesseract(pages) {
  if (spawnSync('tesseract', ['--version']).error !== undefined) return null;
  const began = performance.now();
  const texts = pages.map(({ png }, at) => {
    const file = join(dataDir, `${at}.png`);
    writeFileSync(file, png);
    return execFileSync('tesseract', [file, '-', '-l', 'eng', '--psm', '3'], { stdio: ['ignore', 'pipe', 'ignore'] });
  });
  return { seconds: (performance.now() - began) / 1000, texts: texts.map(String) };
}

const round = (value) => Number(value.toFixed(1));
const at = (times, share) => round(times[Math.floor(times.length * share)] ?? 0);
const runnerMiB = (pid) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);

const pages = await makePages(Number(options.pages));
const { service, url } = await startService(dataDir, {
  PRELOAD_MODELS: `starter-chat,${options.model},starter-vision`,
  DEFAULT_OCR_MODEL: options.model,
});
try {
  await readBatch(url, pages.slice(0, 1)); // opens the store, warms the model up
  const rows = [];
  for (const count of [1, 4, 10].filter((one) => one <= pages.length)) {
    const some = pages.slice(0, count);
    const began = performance.now();
    const texts = await readBatch(url, some);
    const seconds = (performance.now() - began) / 1000;
    const lines = some.reduce((sum, page) => sum + page.lines.length, 0);
    rows.push({
      files: count,
      'pages/min': Number(((60 * count) / seconds).toFixed(1)),
      'lines/s': Number((lines / seconds).toFixed(1)),
      'character error %': Number((100 * characterErrors(some, texts)).toFixed(2)),
    });
  }
  const batch = () => readBatch(url, pages);
  await eventLoopDelay(url);
  const probes = await during(batch, () => fetch(`${url}/healthz/live`).then((answer) => answer.text()));
  const delay = await eventLoopDelay(url);
  const quiet = await during(
    () => new Promise((resolve) => setTimeout(resolve, 3000)),
    () => firstToken(url),
  );
  const busy = await during(batch, () => firstToken(url));
  const paceQuiet = await tokensPerSecond(url);
  const paces = [];
  await during(batch, async () => paces.push(await tokensPerSecond(url)));
  console.table(rows);
  console.table([
    { what: 'probe during a batch', 'median ms': at(probes, 0.5), 'p99 ms': at(probes, 0.99) },
    { what: "the service's event loop during a batch", 'median ms': round(delay.p50), 'p99 ms': round(delay.p99) },
    { what: 'first token, no batch', 'median ms': at(quiet, 0.5), 'p99 ms': at(quiet, 0.99) },
    { what: 'first token during a batch', 'median ms': at(busy, 0.5), 'p99 ms': at(busy, 0.99) },
  ]);
  console.log(
    `one text stream: ${round(paceQuiet)} tokens/s without a batch, ${round(paces.sort((a, b) => a - b)[Math.floor(paces.length / 2)] ?? NaN)} during one (median of ${paces.length})`,
  );
  const children = childrenOf(service.pid);
  console.log(`resident memory of the runners: ${children.map((pid) => `${runnerMiB(pid)} MiB`).join(', ')}`);
  const yardstick = tesseract(pages);
  if (yardstick === null) console.log('tesseract is not installed: apt-get install tesseract-ocr');
  else {
    const error = (100 * characterErrors(pages, yardstick.texts)).toFixed(2);
    console.log(
      `tesseract: ${((60 * pages.length) / yardstick.seconds).toFixed(1)} pages/min, ${error} % character error`,
    );
  }
} finally {
  service.kill('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
}
