import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Tests of the shutdown do not call `stop` before the process has ended: it may not hide that one hangs. */
const STOP_DEADLINE_MS = 15_000;
const READY = /^Parley is ready: (\S+)/m;

export type Dialect = 'ml-backend' | 'openai' | 'rkllama' | 'llama-local';

/** The models that ship with the service, as it lists them. */
export const STARTERS = [
  'starter-chat',
  'starter-ocr',
  'starter-vision',
  'starter-image',
  'starter-voice',
  'starter-embed',
] as const;

/** The small chat model that ships with the service. */
export const STARTER_FILE = join(ROOT, 'models/starter/starter-chat/starter-chat-q8_0.gguf');

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Dialects that get a port of their own, through DIALECT_PORTS. */
  readonly ports?: readonly Dialect[];
  /** Files put into MODELS_DIR before the start: name or `user/repo/name` → the file to copy. */
  readonly models?: Readonly<Record<string, string>>;
  /** A folder that the caller owns, for a second start on what the first has left; default: a new one, removed at the end. */
  readonly dataDir?: string;
}

/** A service process, whether it is up or not. */
export interface ServerProcess {
  readonly pid: number;
  readonly dataDir: string;
  readonly modelsDir: string;
  readonly exit: Promise<Exit>;
  /** Base URLs of the dialects' own ports. */
  readonly portUrls: Readonly<Partial<Record<Dialect, string>>>;
  /** The base URL, once the preloaded models answer. Rejects with the output when the process ends first. */
  readonly ready: Promise<string>;
  /** Everything it wrote so far, stdout and stderr. */
  logs(): string;
  signal(name: NodeJS.Signals): void;
  /** Ends it, and removes its files unless the folder was given. */
  stop(): Promise<void>;
}

export interface Server extends ServerProcess {
  readonly url: string;
}

/** A TCP port that was free a moment ago, for settings that do not take 0. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function put(models: Readonly<Record<string, string>>, modelsDir: string): void {
  mkdirSync(modelsDir, { recursive: true });
  for (const [name, source] of Object.entries(models)) {
    const target = join(modelsDir, name);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
}

function environment(dataDir: string, dialectPorts: string, own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const base = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'warn', THREADS: '1', DRAIN_SECONDS: '5' };
  return { PATH, HOME, ...base, ...(dialectPorts === '' ? {} : { DIALECT_PORTS: dialectPorts }), ...own };
}

function readyUrl(child: ChildProcess, exit: Promise<Exit>, output: () => string): Promise<string> {
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const url = READY.exec(output())?.[1];
      if (url !== undefined) resolve(url);
    });
    void exit.then(() => {
      reject(new Error(`the service ended before it was ready:\n${output()}`));
    });
  });
  ready.catch(() => undefined); // who does not wait for it is not told
  return ready;
}

/** Starts the built service on free ports of the loopback. Does not wait for it. */
export async function spawnServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const { env = {}, ports = [], models = {} } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'parley-test-'));
  const modelsDir = join(dataDir, 'models');
  put(models, modelsDir);
  const assigned = await Promise.all(ports.map(async (dialect) => [dialect, await freePort()] as const));
  const dialectPorts = assigned.map(([dialect, port]) => `${String(port)}=${dialect}`).join(',');
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: ROOT,
    env: environment(dataDir, dialectPorts, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (data: Buffer): void => {
    output += data.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exit = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  return {
    pid: child.pid ?? 0,
    dataDir,
    modelsDir,
    exit,
    portUrls: Object.fromEntries(assigned.map(([dialect, port]) => [dialect, `http://127.0.0.1:${String(port)}`])),
    ready: readyUrl(child, exit, () => output),
    logs: () => output,
    signal: (name) => void child.kill(name),
    stop: async () => {
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await exit;
      clearTimeout(impatience);
      process.removeListener('exit', killAtExit);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts the built service and waits until it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = await spawnServer(options);
  try {
    return { ...server, url: await server.ready };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
