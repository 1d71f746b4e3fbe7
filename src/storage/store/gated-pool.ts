import { setTimeout as delay } from 'node:timers/promises';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';

/** How often a connection is tried again while the server is away. */
const RETRY_MS = 500;

/** SQL states that say something about the server or the connection, and nothing about the query. */
const SERVER_TROUBLE = /^(08|53|57P)/;
const SQL_STATE = /^[0-9A-Z]{5}$/;

/**
 * The store is closed or out of reach. BullMQ knows such an error by its message alone: its workers wait a while after
 * it, and would ask again at once, and for ever, after any other.
 */
export class StoreAwayError extends Error {
  override readonly name = 'StoreAwayError';

  constructor(cause?: unknown) {
    super('Connection is closed.', { cause });
  }
}

function isAboutTheQuery(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && SQL_STATE.test(code) && !SERVER_TROUBLE.test(code);
}

/**
 * The pool that BullMQ's queues are given at start, before the store behind it is open. Whatever they ask waits until
 * then. A query fails at once when the server is away, so that requests do not hang; a connection is tried until there
 * is one, since BullMQ would never ask again for the one that its workers listen on.
 */
export class GatedPool implements PgPool {
  /** BullMQ lets its workers sleep for long where a broken connection is sure to be noticed. */
  readonly options = { keepAlive: true };
  private readonly closed = new AbortController();
  /** Clients that BullMQ has; one that asks for a client while it closes never gives it back. */
  private readonly lent = new Set<PgPoolClient>();
  private readonly opened: Promise<PgPool>;
  private letThrough!: (pool: PgPool) => void;

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.letThrough = resolve;
      this.closed.signal.addEventListener('abort', () => {
        reject(new StoreAwayError());
      });
    });
    this.opened.catch(() => undefined);
  }

  openWith(pool: PgPool): void {
    this.letThrough(pool);
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const pool = await this.pool();
    try {
      return await pool.query<R>(text, params);
    } catch (error) {
      throw isAboutTheQuery(error) ? error : new StoreAwayError(error);
    }
  }

  async connect(): Promise<PgPoolClient> {
    for (;;) {
      const pool = await this.pool();
      try {
        return this.lend(await pool.connect());
      } catch {
        await this.pause();
      }
    }
  }

  /** Queues share the pool and may not end it: the store does. */
  end(): Promise<void> {
    return Promise.resolve();
  }

  /** The store listens to the pool behind. */
  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }

  close(): void {
    this.closed.abort();
    for (const client of [...this.lent]) client.release(true);
  }

  private lend(client: PgPoolClient): PgPoolClient {
    const release = client.release.bind(client);
    client.release = (destroy) => {
      if (this.lent.delete(client)) release(destroy);
    };
    this.lent.add(client);
    if (this.closed.signal.aborted) client.release(true);
    return client;
  }

  private async pool(): Promise<PgPool> {
    if (this.closed.signal.aborted) throw new StoreAwayError();
    return this.opened;
  }

  /** Ends at once when the pool closes; leaves no listener on the signal, whichever comes first. */
  private async pause(): Promise<void> {
    await delay(RETRY_MS, undefined, { signal: this.closed.signal }).catch(() => undefined);
  }
}
