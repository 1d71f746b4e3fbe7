import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PostgresStore } from '../../src/storage/store/postgres.store.js';
import { RedisStore } from '../../src/storage/store/redis.store.js';
import type { Store } from '../../src/storage/store/store.js';
import { startPostgres, startRedis, type StoreServer } from '../support/store-servers.js';
import { until } from '../support/wait.js';

/** Attempts that have to fail before the server comes back. */
const ATTEMPTS = 4;

let lines: string[];
beforeEach(() => {
  lines = [];
  const write = (message: unknown): void => void lines.push(String(message));
  Logger.overrideLogger({ log: write, warn: write, error: write, debug: () => undefined });
});
afterEach(() => Logger.overrideLogger(new Logger()));

describe.each([
  ['PostgreSQL', startPostgres, (url: URL) => new PostgresStore(url)],
  ['Redis', startRedis, (url: URL) => new RedisStore(url)],
] as const)('a store whose %s is away at the start', (name, startServer, createStore) => {
  it('logs that it is away once, and that it is back once', async () => {
    const server: StoreServer = await startServer();
    await server.stop();
    const store: Store = createStore(new URL(server.url));
    try {
      store.start();
      const outages = Reflect.get(store, 'outages') as { attempts: number };
      await until('several attempts', () => outages.attempts >= ATTEMPTS || undefined);
      expect(lines).toEqual([expect.stringMatching(new RegExp(`^${name} is out of reach: `)) as unknown]);
      await server.start();
      await until('the store', () => store.isOpen || undefined);
      expect(lines.slice(1)).toEqual([`${name} is connected`]);
    } finally {
      await store.close();
      await server.dispose();
    }
  });
});
