import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { NoisyRequest } from './noisy-request.js';

/** How one request of the noisy key ended: 0 where no response came, -1 where it broke off. */
export interface Outcome {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly ms: number;
}

/** Requests of the noisy key at a time. */
const LANES = 8;
const PERIOD_MS = 100;

/** The noisy key's client, in a thread of its own. */
export class NoisyNeighbour {
  private readonly worker: Worker;

  constructor(
    base: string,
    private readonly key: string,
  ) {
    const workerData = { base, lanes: LANES, periodMs: PERIOD_MS };
    this.worker = new Worker(new URL('./noisy-sender.mjs', import.meta.url), { workerData });
  }

  /** Keeps eight of these requests in flight until `stop`. */
  start(request: NoisyRequest): void {
    const headers = { 'x-api-key': this.key, ...request.headers };
    this.worker.postMessage({ kind: 'start', request: { ...request, headers } });
  }

  /** Leaves all that are in flight. Resolves with how the others ended. */
  async stop(): Promise<readonly Outcome[]> {
    this.worker.postMessage({ kind: 'stop' });
    const [outcomes] = (await once(this.worker, 'message')) as [readonly Outcome[]];
    return outcomes;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

/** The reason why an outcome is none that the noisy key may get, or null. */
export function unexpectedOutcome({ status, retryAfter, text }: Outcome): string | null {
  if (status >= 200 && status < 500) return null;
  if (status === 503 && /^[1-9]\d*$/.test(retryAfter ?? '')) return null;
  return `${String(status)} ${text.slice(0, 200)}`;
}
