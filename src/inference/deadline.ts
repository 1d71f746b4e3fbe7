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
