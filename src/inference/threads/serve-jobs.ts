import { parentPort } from 'node:worker_threads';
import { ParleyError } from '../errors.js';
import type { WorkerMessage, WorkerRequest, WorkerResponse } from './worker-protocol.js';

/** The worker thread's side of `BudgetedWorker`: answers each job with what `work` returns or throws. */
export function serveJobs(work: (input: unknown) => unknown): void {
  parentPort?.on('message', ({ id, input }: WorkerRequest) => {
    parentPort?.postMessage(responseTo(id, () => work(input)));
  });
  parentPort?.postMessage({ type: 'ready' } satisfies WorkerMessage);
}

function responseTo(id: number, work: () => unknown): WorkerResponse {
  try {
    return { id, type: 'done', output: work() };
  } catch (error) {
    if (error instanceof ParleyError) {
      return { id, type: 'failed', code: error.code, message: error.message, param: error.param };
    }
    return { id, type: 'failed', code: null, message: error instanceof Error ? error.message : String(error) };
  }
}
