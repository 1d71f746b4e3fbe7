// What faults of runners and of the service cost: requests lost, and seconds from the fault to the next good answer, which is
// asked for at the moment of the fault.
//   npm run build && node bench/faults/measure.mjs
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childrenOf, send, startService } from '../service.mjs';

const SLOTS = 8;
const SETTINGS = { SLOTS: String(SLOTS), PRELOAD_MODELS: 'starter-chat', DRAIN_SECONDS: '30' };
const LONG = { messages: [{ role: 'user', content: 'Count to 100.' }], temperature: 0, stream: true };
const SHORT = { messages: [{ role: 'user', content: 'Hello!' }], temperature: 0 };

const dataDir = mkdtempSync(join(tmpdir(), 'parley-faults-'));
let { service, url } = await startService(dataDir, SETTINGS);

const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);
const tell = (fault, lost, time) =>
  console.log(`${fault.padEnd(52)} lost ${String(lost).padStart(2)}   next good ${time} s`);

/** True when a stream comes to its proper end. */
async function streams(base) {
  try {
    const answer = await send(base, 'POST', '/v1/chat/completions', LONG);
    return (await answer.text()).endsWith('data: [DONE]\n\n');
  } catch {
    return false;
  }
}

/** Asks until there is a good answer. */
async function good(base, model) {
  for (;;) {
    try {
      const answer = await send(base, 'POST', '/v1/chat/completions', { ...SHORT, model });
      await answer.arrayBuffer();
      if (answer.status === 200) return;
    } catch {
      // it is not there yet
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function running(count) {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (new RegExp(`^parley_requests_running\\{[^}]*starter-chat[^}]*\\} ${count}$`, 'm').test(text)) return;
  }
}

/** A fault of the one runner in the middle of as many streams as it has slots. */
async function underStreams(fault, signal) {
  await good(url);
  const [runner] = childrenOf(service.pid).map(Number);
  process.kill(runner, 'SIGSTOP');
  const asked = Array.from({ length: SLOTS }, () => streams(url));
  await running(SLOTS);
  const since = performance.now();
  if (signal !== undefined) process.kill(runner, signal);
  await good(url);
  tell(fault, (await Promise.all(asked)).filter((whole) => !whole).length, seconds(since));
}

await underStreams(`runner killed under ${SLOTS} streams`, 'SIGKILL');
await underStreams(`runner stands still under ${SLOTS} streams`);

writeFileSync(join(dataDir, 'models', 'broken.gguf'), 'GGUF');
let since = performance.now();
for (let attempt = 0; attempt < 4; attempt++)
  await send(url, 'POST', '/v1/chat/completions', { ...SHORT, model: 'broken' });
await good(url);
tell('another model fails to load four times', 0, seconds(since));

const picture = { model: 'starter-image', prompt: 'a red circle', size: '1024x1024', steps: 200 };
const { id } = await (await send(url, 'POST', '/v1/images/generations', picture, { prefer: 'respond-async' })).json();
const job = async () => (await fetch(`${url}/jobs/${id}`)).json();
while (((await job()).progress?.done ?? 0) === 0);
const cut = Array.from({ length: SLOTS }, () => streams(url));
await running(SLOTS);
since = performance.now();
service.kill('SIGKILL');
await once(service, 'exit');
({ service, url } = await startService(dataDir, SETTINGS));
await good(url);
tell(
  `service killed under ${SLOTS} streams, started again at once`,
  (await Promise.all(cut)).filter((whole) => !whole).length,
  seconds(since),
);
for (;;) {
  const { attempts, progress, state } = await job();
  if (attempts > 1 && state === 'active' && (progress?.done ?? 0) > 0) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
tell('its job, taken up and under way again', 0, seconds(since));

await send(url, 'DELETE', `/jobs/${id}`);
const finishing = Array.from({ length: SLOTS }, () => streams(url));
await running(SLOTS);
since = performance.now();
service.kill('SIGTERM');
await once(service, 'exit');
console.log(`the end, from SIGTERM: ${seconds(since)} s`);
({ service, url } = await startService(dataDir, SETTINGS));
await good(url);
tell(
  `SIGTERM under ${SLOTS} streams, started again at once`,
  (await Promise.all(finishing)).filter((whole) => !whole).length,
  seconds(since),
);
service.kill('SIGTERM');
await once(service, 'exit');
rmSync(dataDir, { recursive: true, force: true });
