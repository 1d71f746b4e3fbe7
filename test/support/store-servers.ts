import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Redis or PostgreSQL server of a test's own, with its data in a temporary folder. */
export interface StoreServer {
  /** Where it listens, on the loopback: the same after another start. */
  readonly url: string;
  /** Stops it as an operator would; the data stay. */
  readonly stop: () => Promise<void>;
  /** Starts it again after {@link stop}; resolves when it takes connections. */
  readonly start: () => Promise<void>;
  /** Stops it and removes its data. */
  readonly dispose: () => Promise<void>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

interface ServerCommand {
  readonly url: string;
  readonly folder: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly account: Account;
  /** What it writes once it takes connections. */
  readonly readyLine: RegExp;
  readonly stopSignal: NodeJS.Signals;
}

/**
 * A free port that the system gives to nobody as the near end of a connection: a server that is stopped for a while finds
 * its own still free when it comes back.
 */
async function stablePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** Starts a Redis that keeps what it is told, also through a stop. Needs `redis-server`. */
export async function startRedis(): Promise<StoreServer> {
  const port = String(await stablePort());
  const folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  const listening = ['--bind', '127.0.0.1', '--port', port];
  const keeping = ['--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  return startServer({
    url: `redis://127.0.0.1:${port}`,
    folder,
    program: 'redis-server',
    args: [...listening, ...keeping],
    account: {},
    readyLine: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
  });
}

/** Starts a PostgreSQL with user and database `postgres` and no password. Needs its server programs. */
export async function startPostgres(): Promise<StoreServer> {
  const port = String(await stablePort());
  const programs = postgresPrograms();
  const account = postgresAccount();
  const folder = mkdtempSync(join(tmpdir(), 'parley-postgres-'));
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const making = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync(join(programs, 'initdb'), making, { ...account, cwd: folder, stdio: 'pipe' });
  return startServer({
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    folder,
    program: join(programs, 'postgres'),
    args: ['-D', data, '-p', port, '-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'],
    account,
    readyLine: /database system is ready to accept connections/,
    stopSignal: 'SIGINT', // ends connections, too; SIGTERM would wait for them
  });
}

/** Debian keeps the server's programs out of the PATH, in a folder for each version. */
function postgresPrograms(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'postgres')));
  return found ?? '';
}

/** PostgreSQL refuses to run as root. */
function postgresAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function startServer(command: ServerCommand): Promise<StoreServer> {
  let child: ChildProcess | null = null;
  const remove = (): void => {
    child?.kill('SIGKILL');
    rmSync(command.folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const start = async (): Promise<void> => {
    child = launch(command);
    await readiness(child, command);
  };
  const stop = async (): Promise<void> => {
    if (child !== null) await end(child, command.stopSignal);
    child = null;
  };
  process.once('exit', remove);
  const dispose = async (): Promise<void> => {
    await stop();
    process.removeListener('exit', remove);
    remove();
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { url: command.url, start, stop, dispose };
}

function launch({ program, args, account, folder }: ServerCommand): ChildProcess {
  return spawn(program, args, { ...account, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

function readiness(child: ChildProcess, { program, readyLine }: ServerCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const keep = (data: Buffer): void => {
      output += data.toString('utf8');
      if (readyLine.test(output)) resolve();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('error', reject);
    child.once('close', () => {
      reject(new Error(`${program} ended before it was ready:\n${output}`));
    });
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => {
      resolve();
    });
    child.kill(signal);
  });
}
