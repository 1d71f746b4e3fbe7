import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatedPool } from '../../src/storage/store/gated-pool.js';
import { PostgresStore } from '../../src/storage/store/postgres.store.js';
import { startPostgres, type StoreServer } from '../support/store-servers.js';
import { until } from '../support/wait.js';

const WAITING = 8;

function abortListeners(pool: GatedPool): number {
  const { signal } = Reflect.get(pool, 'closed') as AbortController;
  return getEventListeners(signal, 'abort').length;
}

/** More than there are connections. */
const GREEDY = 48;

describe('operations on a PostgreSQL store', () => {
  let server: StoreServer;
  let store: PostgresStore;
  beforeAll(async () => {
    server = await startPostgres();
    store = new PostgresStore(new URL(server.url));
    await store.open();
  });
  afterAll(async () => {
    await store.close();
    await server.dispose();
  });

  it('of one API key leave connections for the other keys', async () => {
    let ended = 0;
    const greedy = Array.from({ length: GREEDY }, async () => {
      await store.query('SELECT pg_sleep(0.2)', [], 'greedy');
      ended++;
    });
    await store.query('SELECT 1', [], 'polite');
    expect(ended).toBeLessThan(GREEDY / 4);
    await Promise.all(greedy);
  });
});

describe('a pool whose PostgreSQL is away', () => {
  let server: StoreServer;
  let store: PostgresStore;
  beforeAll(async () => {
    server = await startPostgres();
    store = new PostgresStore(new URL(server.url));
    await store.open();
  });
  afterAll(async () => {
    await store.close();
    await server.dispose();
  });

  it('retries connections without leaving a listener for each attempt', async () => {
    const pool = store.queueConnection;
    const before = abortListeners(pool);
    await server.stop();
    const connecting = Array.from({ length: WAITING }, () => pool.connect());
    await until('every connection to wait for its next attempt', () =>
      Promise.resolve(abortListeners(pool) >= before + WAITING ? true : undefined),
    );
    await server.start();
    for (const client of await Promise.all(connecting)) client.release();
    expect(abortListeners(pool)).toBe(before);
  });

  it('ends the waiting at once when it closes', async () => {
    await server.stop();
    const connecting = store.queueConnection.connect();
    await store.close();
    await expect(connecting).rejects.toThrow('Connection is closed.');
  });
});
