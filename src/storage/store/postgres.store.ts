import type { PgPool } from 'bullmq';
import pg from 'pg';
import { OutageLog } from './outage-log.js';
import { prepareSchema } from './schema.js';
import { SqlStore } from './sql-store.js';
import { storeUnreachable } from './store.js';

const CONNECT_TIMEOUT_MS = 3000;
const RETRY_MS = 1000;
/** Each queue of this process keeps up to two connections to listen on; the rest is for queries. */
const MAX_CONNECTIONS = 32;

/** A PostgreSQL server. It may be away when the service starts, and come back at any time. */
export class PostgresStore extends SqlStore {
  private readonly outages = new OutageLog('PostgreSQL');
  private readonly server: pg.Pool;
  private opening: Promise<void> | null = null;
  private opened = false;
  private closed = false;

  constructor(url: URL) {
    super();
    this.server = new pg.Pool({
      connectionString: url.href,
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      options: '-c search_path=bullmq',
    });
    this.server.on('error', (error) => this.outages.failed(error));
    this.server.on('connect', () => {
      if (this.opened) this.outages.succeeded();
    });
  }

  override get isOpen(): boolean {
    return this.opened;
  }

  protected override get isUntouched(): boolean {
    return false;
  }

  override start(): void {
    this.open().catch(() => {
      if (!this.closed) setTimeout(() => this.start(), RETRY_MS).unref();
    });
  }

  override noteUnfinished(): void {
    // a server is asked at each start
  }

  override open(): Promise<void> {
    if (this.opened) return Promise.resolve();
    this.opening ??= this.openOnce()
      .catch((error: unknown) => {
        if (!this.closed) this.outages.failed(error);
        throw storeUnreachable(error);
      })
      .finally(() => (this.opening = null));
    return this.opening;
  }

  override async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.queueConnection.close();
    await this.server.end();
  }

  private async openOnce(): Promise<void> {
    // The same thing to both: only the overloads of `on` keep TypeScript from seeing it.
    const pool = this.server as unknown as PgPool;
    await prepareSchema(pool);
    this.opened = true;
    this.queueConnection.openWith(pool);
    this.outages.succeeded();
  }
}
