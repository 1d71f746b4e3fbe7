import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Nice value: half of the way to the least that a process may have. */
const NICENESS = 10;

/**
 * Makes this process give way: images keep all cores busy for seconds to minutes, drawn or read, while the service answers
 * requests and runners of text models write tokens. At equal priority a garbage collection of the service, which waits for
 * its helper threads, takes 250 ms instead of 10. An idle machine works as fast as before.
 */
export function giveWay(): void {
  // On Linux priority belongs to threads, and those of libuv's pool, where sharp works, are there already. Threads that
  // are made later, onnxruntime's among them, have the priority of their maker.
  for (const thread of threads()) setPriorityOf(thread);
}

function threads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [0]; // not Linux: the process
  }
}

function setPriorityOf(thread: number): void {
  try {
    setPriority(thread, NICENESS);
  } catch {
    // ended meanwhile, or not allowed: it only is less polite
  }
}
