import type { PgQueryResult } from 'bullmq';
import { GatedPool } from './gated-pool.js';
import { Store } from './store.js';

/** A store that speaks SQL: BullMQ's tables are in the schema `bullmq`, Parley's in `parley`. */
export abstract class SqlStore extends Store {
  readonly speaks = 'sql';
  /** What BullMQ gets as its connection: it waits while the store is not open. */
  readonly queueConnection = new GatedPool();

  /** Runs a statement, for an API key where `keyId` is given; see {@link useFor}. */
  query<R>(text: string, params: readonly unknown[], keyId?: string): Promise<PgQueryResult<R>> {
    const run = (): Promise<PgQueryResult<R>> => this.queueConnection.query<R>(text, params);
    return keyId === undefined ? this.use(run) : this.useFor(keyId, run);
  }

  protected override async ping(): Promise<void> {
    await this.queueConnection.query('SELECT 1');
  }
}
