import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for user space, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;
/** Fields 14 and 15 of /proc/<pid>/stat, counted after the name in brackets, which may hold blanks. */
const USER = 11;
const SYSTEM = 12;

/** Processor time that a process has used so far, all its threads together; null where the system does not tell. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[USER]) + Number(fields[SYSTEM]);
    return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : null;
  } catch {
    return null; // it has just ended, or this is not Linux
  }
}
