// The contenders: each starts, answers `measure(streams)` and stops.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from './http-load.mjs';

export const SLOTS = 16;
export const CONTEXT = 512;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until `pattern` shows in the child's output. */
function until(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = '';
    const see = (data) => {
      text += data;
      const found = pattern.exec(text);
      if (found !== null) resolve(found);
    };
    child.stdout.on('data', see);
    child.stderr.on('data', see);
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${text.slice(-500)}`)));
  });
}

function end(child) {
  return new Promise((resolve) => {
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
}

/** This service, over HTTP, as it is built in dist/. `threads` null: calibrated. */
export async function startParley(model, threads) {
  const data = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  mkdirSync(join(data, 'models'));
  symlinkSync(model, join(data, 'models', basename(model)));
  const env = {
    ...process.env,
    PORT: '0',
    DATA_DIR: data,
    PRELOAD_MODELS: basename(model),
    LOG_LEVEL: 'error',
    SLOTS: String(SLOTS),
    CONTEXT_SIZE: String(CONTEXT),
    ...(threads !== null && { THREADS: String(threads) }),
  };
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [, url] = await until(child, /ready: (\S+)/);
  return {
    name: 'Parley, HTTP',
    measure: (streams, rounds) => measure(url, { model: basename(model), streams, rounds }),
    stop: async () => {
      await end(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The same loop without HTTP: a child process that holds the engine and drives it directly. */
export async function startInProcess(model, threads) {
  const { runnerEnvironment } = await import('../../dist/inference/runners/runner-environment.js');
  const child = spawn(
    process.execPath,
    [join(ROOT, 'bench/text/in-process.mjs'), model, String(threads ?? 0), String(SLOTS), String(CONTEXT)],
    { env: runnerEnvironment('llama', process.env), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const next = () => new Promise((resolve) => child.once('message', resolve));
  await next();
  return {
    name: 'loop in process',
    measure: async (streams, rounds) => {
      child.send({ streams, rounds });
      return next();
    },
    stop: () => end(child),
  };
}

/** llama.cpp's own server, when LLAMA_SERVER names its binary. */
export async function startLlamaServer(model, threads) {
  const port = await freePort();
  const args = ['-m', model, '-t', String(threads), '-c', String(CONTEXT * SLOTS), '-np', String(SLOTS)];
  const child = spawn(process.env.LLAMA_SERVER, [...args, '--port', String(port), '--no-webui', '--cache-ram', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await until(child, /listening on|all slots are idle/);
  return {
    name: 'llama-server',
    measure: (streams, rounds) => measure(`http://127.0.0.1:${port}`, { model: 'any', streams, rounds }),
    stop: () => end(child),
  };
}

/** llama-bench, when LLAMA_BENCH names its binary: decode tokens per second of one stream, without prompt or HTTP. */
export function runLlamaBench(model, threads) {
  return new Promise((resolve, reject) => {
    const args = ['-m', model, '-t', String(threads), '-p', '0', '-n', '64', '-r', '3', '-o', 'json'];
    const child = spawn(process.env.LLAMA_BENCH, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.on('error', reject);
    child.on('exit', () => resolve(JSON.parse(text)[0].avg_ts));
  });
}
