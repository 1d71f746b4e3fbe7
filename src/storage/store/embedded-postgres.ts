import { EventEmitter } from 'node:events';
import type { PgNotification, PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import { PgliteThread } from './pglite-thread.js';

/** Where BullMQ's functions and tables lie: the one session of PGlite needs to be told once. */
const SEARCH_PATH = 'SET search_path TO bullmq';

type Released = () => void;

/**
 * PGlite behind the face of a `pg` pool. PGlite has a single session, so a transaction holds everybody else up until it
 * has ended, and every "client" hears every notification.
 */
export class EmbeddedPostgres implements PgPool {
  /** Ends with the transaction that runs now. */
  private turn: Promise<void> = Promise.resolve();

  private constructor(private readonly db: PgliteThread) {}

  /** Opens the database in `folder`, or makes one there: that takes seconds and a lot of memory without a template. */
  static async open(folder: string): Promise<EmbeddedPostgres> {
    const db = await PgliteThread.open(folder);
    await db.run(SEARCH_PATH, []);
    return new EmbeddedPostgres(db);
  }

  async query<R>(text: string, params: readonly unknown[] = []): Promise<PgQueryResult<R>> {
    const released = await this.takeTurn();
    try {
      return await this.run<R>(text, params);
    } finally {
      released();
    }
  }

  /** Takes back the room of deleted rows and of the write-ahead log. */
  async tidy(): Promise<void> {
    await this.query('VACUUM');
    await this.query('CHECKPOINT');
  }

  connect(): Promise<PgPoolClient> {
    return Promise.resolve(new EmbeddedClient(this));
  }

  end(): Promise<void> {
    return this.db.close();
  }

  on(): this {
    return this; // an embedded database neither connects nor breaks
  }

  removeAllListeners(): this {
    return this;
  }

  /** Runs without waiting for a turn: the caller holds it. */
  async run<R>(text: string, params: readonly unknown[]): Promise<PgQueryResult<R>> {
    const { rows, rowCount } = await this.db.run(text, params);
    return { rows: rows as R[], rowCount };
  }

  /** Waits until nobody else is in a transaction. Whoever called ends the turn. */
  async takeTurn(): Promise<Released> {
    const before = this.turn;
    let released: Released = () => undefined;
    this.turn = new Promise((resolve) => {
      released = resolve;
    });
    await before;
    return released;
  }

  /** @returns what stops the listening. */
  onNotification(listener: (message: PgNotification) => void): () => void {
    return this.db.onNotification(listener);
  }
}

/** One borrower of the only session: from BEGIN to COMMIT or ROLLBACK it holds the turn. */
class EmbeddedClient extends EventEmitter implements PgPoolClient {
  private readonly silence: () => void;
  private endTurn: Released | null = null;

  constructor(private readonly database: EmbeddedPostgres) {
    super();
    this.setMaxListeners(0);
    this.silence = database.onNotification((message) => this.emit('notification', message));
  }

  async query<R>(text: string, params: readonly unknown[] = []): Promise<PgQueryResult<R>> {
    if (this.endTurn === null) {
      if (!/^\s*BEGIN\s*;?\s*$/i.test(text)) return this.database.query<R>(text, params);
      this.endTurn = await this.database.takeTurn();
    }
    try {
      return await this.database.run<R>(text, params);
    } finally {
      if (/^\s*(COMMIT|ROLLBACK)\b/i.test(text)) this.giveUpTurn();
    }
  }

  release(): void {
    this.silence();
    this.giveUpTurn();
  }

  private giveUpTurn(): void {
    this.endTurn?.();
    this.endTurn = null;
  }
}
