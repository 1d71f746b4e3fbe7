/**
 * Preloaded into the service (`node --import`): writes a line for each turn of the event loop that took long. Counts the CPU
 * time of the main thread, so that time in which other processes had the CPU is none of it.
 */
import { appendFileSync, openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const LONG_MS = 10;
const GC_REPORTED_MS = 50;
const file = process.env.TURN_PROBE_FILE;

function probe() {
  // Nanoseconds on the CPU, nanoseconds of waiting for it, time slices.
  const schedstat = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(100);
  const cpuMs = () => Number(buffer.latin1Slice(0, readSync(schedstat, buffer, 0, 100, 0)).split(' ')[0]) / 1e6;
  let collections = [];
  new PerformanceObserver((list) => {
    const now = performance.now();
    collections = collections.filter(({ startTime }) => startTime > now - 10_000);
    for (const { startTime, duration } of list.getEntries()) collections.push({ startTime, duration });
  }).observe({ entryTypes: ['gc'] });
  let turn = { cpu: cpuMs(), wall: performance.now() };
  const report = (begin, end, ms) => {
    const gc = collections.filter(({ startTime }) => startTime >= begin - 1 && startTime <= end);
    const gcMs = gc.reduce((sum, { duration }) => sum + duration, 0);
    const at = performance.timeOrigin;
    appendFileSync(file, `${JSON.stringify({ begin: at + begin, end: at + end, ms, gcMs })}\n`);
  };
  const beat = () => {
    const now = { cpu: cpuMs(), wall: performance.now() };
    const { wall: begin } = turn;
    const ms = Math.min(now.cpu - turn.cpu, now.wall - begin);
    if (ms > LONG_MS) setTimeout(() => report(begin, now.wall, ms), GC_REPORTED_MS).unref();
    turn = now;
    setImmediate(beat).unref();
  };
  beat();
}

if (file !== undefined && isMainThread && process.argv[1]?.endsWith('dist/main.js')) probe();
