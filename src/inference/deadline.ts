import { ParleyError } from './errors.js';

/**
 * Does work that belongs to `signal` within so many seconds, counted from when `from` has settled. Once they are over, the
 * signal that the work gets aborts with `timeout`, so that it stops wherever it is.
 */
export async function withinSeconds<T>(
  seconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  from: Promise<unknown> = Promise.resolve(),
): Promise<T> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let done = false;
  const start = (): void => {
    if (done) return;
    timer = setTimeout(() => {
      late.abort(new ParleyError('timeout', `The answer took longer than ${String(seconds)} s, and was given up.`));
    }, seconds * 1000);
  };
  void from.then(start, start);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    done = true;
    clearTimeout(timer);
  }
}

/** Whether a promise resolves within that time, which does not end what it stands for. Rejects as it does. */
export async function resolvesWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The longest that a timer of Node.js waits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Aborts with `timeout` at a time of `performance.now()`. @returns what ends the waiting for it. */
export function abortAt(deadline: number, controller: AbortController): () => void {
  const timer = setTimeout(
    () =>
      controller.abort(new ParleyError('timeout', 'The time of X-Request-Deadline was over before the answer was.')),
    Math.min(deadline - performance.now(), LONGEST_TIMER_MS),
  );
  return () => clearTimeout(timer);
}

/** What tells another server, in seconds from now, since its clock may differ. */
export function deadlineHeaders(deadline: number | undefined): Readonly<Record<string, string>> {
  if (deadline === undefined) return {};
  const seconds = Math.max(0, (deadline - performance.now()) / 1000);
  return { 'X-Request-Deadline': seconds.toFixed(3) };
}
