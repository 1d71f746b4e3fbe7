import { createContext, Script } from 'node:vm';

/** Long prompts take milliseconds. A template comes with its model, and may loop without end. */
const MAX_RENDER_MS = 5000;

const sandbox: { work?: (() => unknown) | undefined } = {};
const context = createContext(sandbox);
const script = new Script('work()');

/** Runs `work`, which nothing else could end: it holds the thread. Throws what it throws, and when it takes too long. */
export function withinTime<T>(work: () => T): T {
  sandbox.work = work;
  try {
    return script.runInContext(context, { timeout: MAX_RENDER_MS }) as T;
  } catch (error) {
    const stopped = error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    throw stopped ? new Error('it takes too long', { cause: error }) : error;
  } finally {
    sandbox.work = undefined;
  }
}
