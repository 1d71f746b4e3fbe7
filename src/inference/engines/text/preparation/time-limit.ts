import { createContext, Script } from 'node:vm';

const sandbox: { work?: (() => unknown) | undefined } = {};
const context = createContext(sandbox);
const script = new Script('work()');

/** The work was ended because it took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** Runs synchronous `work` for at most so many milliseconds. Throws what it throws, or {@link TimeLimitError}. */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  sandbox.work = work;
  try {
    return script.runInContext(context, { timeout: milliseconds }) as T;
  } catch (error) {
    throw isTimeout(error) ? new TimeLimitError('it takes too long', { cause: error }) : error;
  } finally {
    sandbox.work = undefined;
  }
}

/** The error of a script that was ended is of the script's own realm: no instance of this one's `Error`. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
