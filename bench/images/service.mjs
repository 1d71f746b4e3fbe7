// The service as the bench uses it: started, asked for pictures and text, and looked at from outside.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { TextDecoderStream } from 'node:stream/web';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Starts the built service with nothing but the text model in it. */
export async function startService(dataDir, threads) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent', PRELOAD_MODELS: 'starter-chat' };
  if (threads !== undefined) env.THREADS = threads;
  const service = spawn(process.execPath, ['dist/main.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    service.stdout.on('data', (data) => {
      const found = /ready: (\S+)/.exec(String(data))?.[1];
      if (found !== undefined) resolve(found);
    });
    service.once('exit', (code) => reject(new Error(`the service ended with ${code}`)));
  });
  return { service, url };
}

/** Loads a model. @returns the process id of its runner. */
export async function launch({ service, url }, model) {
  const before = childrenOf(service.pid);
  const answer = await send(url, 'POST', '/model/launch', { model_name: model });
  if (answer.status !== 200) throw new Error(`launch answered ${answer.status}: ${await answer.text()}`);
  const [runner] = childrenOf(service.pid).filter((pid) => !before.includes(pid));
  return runner;
}

/**
 * Draws one picture. `onStart` hears of its job once the first step is done. Milliseconds from the request to the first
 * step that is told and to the end, and steps a second between the first and the last.
 */
export async function drawn(url, body, onStart = () => undefined) {
  const began = performance.now();
  const accepted = await send(url, 'POST', '/v1/images/generations', body, { prefer: 'respond-async' });
  if (accepted.status !== 202) throw new Error(`the picture was refused: ${await accepted.text()}`);
  const { id } = await accepted.json();
  let first = null;
  let last = null;
  for await (const { event, job, at } of events(url, id)) {
    if (event === 'failed') throw new Error(`the picture failed: ${JSON.stringify(job.error)}`);
    const done = job.progress?.done ?? 0;
    if (done === 0) continue;
    if (first === null) onStart(id);
    first ??= { done, at };
    if (done > (last?.done ?? 0)) last = { done, at };
  }
  const stepsPerSecond = (1000 * (last.done - first.done)) / (last.at - first.at);
  return { firstMs: first.at - began, totalMs: performance.now() - began, stepsPerSecond };
}

export async function cancel(url, id) {
  await send(url, 'DELETE', `/jobs/${id}`);
}

async function* events(url, id) {
  const answer = await fetch(`${url}/jobs/${id}/events`);
  let text = '';
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const at = performance.now();
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      if (event !== undefined) yield { event, job: JSON.parse(/^data: (.*)$/m.exec(block)[1]), at };
    }
  }
}

/** Tokens a second of one text, from the request to its end. */
export async function tokensPerSecond(url) {
  const began = performance.now();
  const body = { messages: [{ role: 'user', content: 'Count to 100.' }], temperature: 0 };
  const answer = await send(url, 'POST', '/v1/chat/completions', body);
  const { usage } = await answer.json();
  return (1000 * usage.completion_tokens) / (performance.now() - began);
}

/** Longest delays of the service's event loop since it was last asked, in ms. */
export async function eventLoopDelay(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const ms = (name) => 1000 * Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(text)?.[1]);
  return { p50: ms('p50'), p99: ms('p99') };
}

/** Most memory that a process ever had, in MiB. Linux only. */
export function peakMiB(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024);
}

function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    } catch {
      return false; // it has ended
    }
  });
}

function send(url, method, path, body, headers = {}) {
  return fetch(url + path, { method, headers: { ...JSON_HEADERS, ...headers }, body: body && JSON.stringify(body) });
}
