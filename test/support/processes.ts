import { readdirSync, readFileSync } from 'node:fs';
import { until } from './wait.js';

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
}

function statOf(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null; // it has ended
  }
}

/** Children of a process that still run: those of a service are its models' runners. */
export function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((child) => {
    const stat = statOf(child);
    return stat?.parent === pid && stat.state !== 'Z';
  });
}

/** Whether a forked process is what it was forked for by now; halted any earlier, it would halt its parent, too. */
export function isRunner(pid: number): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes('runner.main.js');
  } catch {
    return false; // it has ended
  }
}

/** The one runner of a service. */
export async function runnerOf(pid: number): Promise<number> {
  const [runner] = await until('one runner', () => {
    const children = childrenOf(pid);
    return children.length === 1 && children.every(isRunner) ? children : undefined;
  });
  return runner ?? 0;
}

export function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== 'Z';
}

/** Physical memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  return Number(match?.[1]) * 1024;
}

/** Halts a process where it is, so that what depends on it stays in the state it has. */
export function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
}

export function thaw(pid: number): void {
  process.kill(pid, 'SIGCONT');
}

/** Ends a process without a chance to say anything. */
export function killHard(pid: number): void {
  process.kill(pid, 'SIGKILL');
}
