// Starts a built root as its Dockerfile says, with all rights dropped and everything but /tmp and its volume read-only,
// and looks whether it serves, from what, and how it ends.
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, start } from './sandbox.mjs';

const PORT = '18000';
const URL_BASE = `http://127.0.0.1:${PORT}`;
const KEY = 'rehearsal';
const READY_MS = 180_000;

async function untilReady(service) {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (service.exitCode !== null) throw new Error(`the service ended with exit ${String(service.exitCode)}`);
    const answer = await fetch(`${URL_BASE}/healthz/ready`).catch(() => null);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error('the service is not ready');
}

/** Children of a process and theirs, as this machine numbers them. */
function descendants(pid) {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const children = readFileSync(file, 'utf8').trim().split(' ').filter(Boolean);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function mapped(pid) {
  return [...new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(/\/\S+\.(so[.\d]*|node)$/gm) ?? [])];
}

const CHAT = { messages: [{ role: 'user', content: 'What is the capital of France?' }], max_tokens: 16 };

/** One request for each engine, one that opens the store, and the pages: what was pruned wrongly shows here. */
const REQUESTS = [
  ['/v1/chat/completions', CHAT],
  ['/v1/embeddings', { input: 'Where is my parcel?' }],
  ['/v1/audio/speech', { input: 'Good morning.', voice: 'alloy' }],
  ['/v1/images/generations', { prompt: 'a red circle', size: '256x256' }],
  ['/v1/responses', { input: 'What is the capital of France?' }],
  ['/docs', null],
  ['/redoc', null],
  ['/metrics', null],
];

async function ask([path, body]) {
  const began = performance.now();
  const answer = await fetch(`${URL_BASE}${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${bytes.toString('utf8').slice(0, 500)}`);
  console.log(`${path}: ${answer.status}, ${bytes.length} bytes, ${seconds} s`);
  if (body === CHAT) console.log(`  ${JSON.parse(bytes.toString('utf8')).choices[0].message.content}`);
}

/** What a model process has mapped shows which llama.cpp it runs. */
function llamaOf(pids) {
  const files = pids.flatMap((pid) => mapped(pid).filter((path) => /ggml-cpu|libllama\.|libgomp/.test(path)));
  return [...new Set(files)];
}

/** `image`: what `buildStage` left. `data`: a folder for the volume, emptied first. */
export async function rehearseService(image, data) {
  const command = JSON.parse(image.about.ENTRYPOINT);
  const check = JSON.parse(image.about.HEALTHCHECK.replace(/^.*?CMD /, ''));
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  chownSync(data, ...image.about.USER.split(':').map(Number));
  const env = { ...image.env, PORT, API_KEYS: KEY, LOG_LEVEL: 'warn' };
  const place = { cwd: image.workdir, user: image.about.USER, readOnly: true };

  const began = performance.now();
  const service = start(image.root, command, { ...place, env, volume: { from: data, to: image.about.VOLUME } });
  try {
    await untilReady(service);
    console.log(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    for (const request of REQUESTS) await ask(request);
    await run(image.root, check, { ...place, env });
    const refused = await run(image.root, check, { ...place, env: { ...env, PORT: '1' } }).then(
      () => false,
      () => true,
    );
    console.log(`health check: passes, and fails where nobody listens: ${refused}`);
    const all = descendants(service.pid);
    const runners = all.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('runner.main'));
    const llama = llamaOf(runners);
    console.log(`llama.cpp runs from:\n  ${llama.join('\n  ')}`);
    const itsOwn = llama.some((path) => path.includes('/localBuilds/')) && llama.some((path) => /libgomp/.test(path));
    const status = readFileSync(`/proc/${all[1] ?? all[0]}/status`, 'utf8');
    console.log(status.match(/^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):.*$/gm).join('\n'));
    console.log(`written to the volume: ${readdirSync(data).join(', ')}`);

    const ended = once(service, 'exit');
    const stopped = performance.now();
    process.kill(Number(all[0]), 'SIGTERM');
    const [code] = await ended;
    const left = all.filter((pid) => existsSync(`/proc/${pid}`));
    const seconds = ((performance.now() - stopped) / 1000).toFixed(1);
    console.log(`SIGTERM to process 1: exit ${String(code)} after ${seconds} s, processes left: ${left.length}`);
    if (code !== 0 || left.length > 0 || !refused || !itsOwn) process.exitCode = 1;
  } finally {
    // Its process 1 first: without its rights it no longer ends with unshare.
    for (const pid of descendants(service.pid)) process.kill(Number(pid), 'SIGKILL');
    service.kill('SIGKILL');
  }
}
