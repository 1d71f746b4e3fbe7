import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** util-linux' `setpriv`, which every Debian has. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];
/** The kernel kills the child when the thread that forked it ends: Node's main thread, so with the process. */
const DIE_WITH_PARENT = ['--pdeathsig', 'KILL', '--'];

let found: string | null | undefined;

/** Null where there is none; busybox has one, as a link to itself, that cannot do this. */
function setpriv(): string | null {
  found ??= SETPRIV.find((path) => existsSync(path) && basename(realpathSync(path)) === 'setpriv') ?? null;
  return found;
}

/**
 * Forks a runner that does not outlive this process, however that ends. A runner notices the closed channel only when its
 * event loop turns, which a long native call or SIGSTOP keeps it from; the kernel's signal does not wait. Where `setpriv`
 * is missing, the channel alone has to do.
 *
 * The runner's argument is this process's id, so that it sees when its parent had ended before the signal was set up.
 */
export function forkRunner(script: string, env: NodeJS.ProcessEnv): ChildProcess {
  const tie = setpriv();
  return fork(script, [String(process.pid)], {
    env,
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(tie === null ? { execArgv: [] } : { execPath: tie, execArgv: [...DIE_WITH_PARENT, process.execPath] }),
  });
}
