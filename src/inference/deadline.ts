import { ParleyError } from './errors.js';

/** The signal of a request, which also aborts with `timeout` once its time is over: the work stops wherever it is. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The work is done: the time no longer counts. */
  done(): void;
}

/** Gives work that belongs to `signal` so many seconds. `done` must be called at its end. */
export function deadlineOf(signal: AbortSignal, seconds: number): Deadline {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new ParleyError('timeout', `The answer took longer than ${String(seconds)} s, and was given up.`));
  }, seconds * 1000);
  return { signal: AbortSignal.any([signal, late.signal]), done: () => clearTimeout(timer) };
}
