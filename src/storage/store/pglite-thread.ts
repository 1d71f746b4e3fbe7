import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PACKAGE_ROOT } from '../../config/package-root.js';
import type { PgliteMessage, PgliteRequest, StatementResult } from './pglite-protocol.js';

/** Compiled, also where this file runs from its source. */
const SCRIPT = join(PACKAGE_ROOT, 'dist/storage/store/pglite.worker.js');

interface Pending {
  readonly resolve: (result: StatementResult) => void;
  readonly reject: (error: Error) => void;
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

/**
 * PGlite in a thread of its own. It opens and runs statements without leaving WebAssembly, for up to a second at a time:
 * in the service's own thread that would hold up every request.
 */
export class PgliteThread {
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Set<(notification: Notification) => void>();
  private lastId = 0;
  private failure: Error | null = null;

  private constructor(private readonly worker: Worker) {}

  /** Opens the database in a folder, or makes one there. */
  static async open(folder: string): Promise<PgliteThread> {
    const worker = new Worker(SCRIPT, { workerData: { folder } });
    const thread = new PgliteThread(worker);
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: PgliteMessage) => {
        if (message.type === 'open') resolve();
        else thread.receive(message);
      });
      worker.on('error', (error) => {
        thread.fail(error);
        reject(error);
      });
      worker.on('exit', () => {
        const error = new Error('the thread of the embedded store ended');
        thread.fail(error);
        reject(error);
      });
    });
    return thread;
  }

  run(text: string, params: readonly unknown[]): Promise<StatementResult> {
    return this.ask({ id: ++this.lastId, type: 'statement', text, params });
  }

  async close(): Promise<void> {
    if (this.failure === null) await this.ask({ id: ++this.lastId, type: 'close' });
    await this.worker.terminate();
  }

  /** @returns what stops the listening. */
  onNotification(listener: (notification: Notification) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private ask(request: PgliteRequest): Promise<StatementResult> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.pending.set(request.id, { resolve, reject });
      this.worker.postMessage(request);
    });
  }

  private receive(message: PgliteMessage): void {
    if (message.type === 'notification') {
      for (const listener of this.listeners) listener(message);
      return;
    }
    if (message.type === 'open') return;
    const pending = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.type === 'done') pending?.resolve(message.result);
    else pending?.reject(Object.assign(new Error(message.message), message.fields));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }
}
