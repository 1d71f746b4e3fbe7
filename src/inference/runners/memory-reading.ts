import { readFileSync } from 'node:fs';

/**
 * Bytes of physical memory that this process holds: proportional set size where Linux tells it, so that pages of a
 * mapped file shared by two runners count once; else resident set size.
 */
export function readOwnMemory(): number {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'));
    if (match !== null) return Number(match[1]) * 1024;
  } catch {
    // not Linux, or not allowed
  }
  return process.memoryUsage.rss();
}
