import type { ErrorCode } from '../errors.js';

/** One job for a worker thread. */
export interface WorkerRequest {
  readonly id: number;
  readonly input: unknown;
}

/** Its outcome. A `ParleyError` keeps its code, message and field; any other error only its message. */
export type WorkerResponse =
  | { readonly id: number; readonly type: 'done'; readonly output: unknown }
  | {
      readonly id: number;
      readonly type: 'failed';
      readonly code: ErrorCode | null;
      readonly message: string;
      readonly param?: string | undefined;
    };

/** `ready` comes once, when the thread has loaded its module; a job's budget counts from then on. */
export type WorkerMessage = { readonly type: 'ready' } | WorkerResponse;
