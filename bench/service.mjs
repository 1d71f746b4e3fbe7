// The service as the benches use it: started on a folder of its own, and looked at from outside.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Starts the built service. `settings`: environment variables beside what it always needs. */
export async function startService(dataDir, settings) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...settings };
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

/** Processes that a process has started, by their ids. */
export function childrenOf(pid) {
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

/** Sends JSON. */
export function send(url, method, path, body, headers = {}) {
  return fetch(url + path, { method, headers: { ...JSON_HEADERS, ...headers }, body: body && JSON.stringify(body) });
}
