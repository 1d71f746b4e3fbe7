import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createStore, type AnyStore } from '../../src/storage/store/store.module.js';
import { isRunning } from './processes.js';
import { startPostgres, startRedis } from './store-servers.js';

/** A kind of store that a contract suite runs against. */
export interface Backend {
  readonly name: 'embedded' | 'redis' | 'postgres';
  /** A store with nothing in it that no other test uses. */
  readonly open: () => Promise<TestStore>;
}

export interface TestStore {
  /** The store as it is now: another one after {@link reopen}. */
  readonly store: AnyStore;
  /** As QUEUE_URL; null: the embedded store. */
  readonly queueUrl: string | null;
  readonly dataDir: string;
  /** A restart: closes the store, and gives another one on the same data. */
  reopen(): Promise<AnyStore>;
  /** Closes the store and removes its data. */
  dispose(): Promise<void>;
}

/** A place on a server for one test, and how to give it back. */
interface Place {
  readonly url: string;
  readonly release: () => Promise<void>;
}

export const backends: readonly Backend[] = [
  { name: 'embedded', open: () => testStore(null) },
  { name: 'redis', open: async () => testStore(await redisPlace()) },
  { name: 'postgres', open: async () => testStore(await postgresPlace()) },
];

async function testStore(place: Place | null): Promise<TestStore> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-store-'));
  const queueUrl = place?.url ?? null;
  const create = (): Promise<AnyStore> =>
    createStore({ queueUrl: queueUrl === null ? null : new URL(queueUrl), dataDir });
  let store = await create();
  return {
    get store() {
      return store;
    },
    queueUrl,
    dataDir,
    reopen: async () => {
      await store.close();
      store = await create();
      return store;
    },
    dispose: async () => {
      await store.close();
      await place?.release();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const REDIS_PORT = 6379;
/** Redis has 16 databases unless told otherwise. The first one holds the claims on the others. */
const REDIS_DATABASES = Array.from({ length: 15 }, (_, index) => index + 1);

/** A database of the machine's Redis, else a Redis of its own. */
async function redisPlace(): Promise<Place> {
  if (!(await listens(REDIS_PORT))) {
    const { url, dispose } = await startRedis();
    return { url, release: dispose };
  }
  const server = `redis://127.0.0.1:${String(REDIS_PORT)}`;
  const database = await withRedis(server, claimDatabase);
  return {
    url: `${server}/${String(database)}`,
    release: () =>
      withRedis(server, async (redis) => {
        await redis.multi().select(database).flushdb().select(0).del(claimOf(database)).exec();
      }),
  };
}

function claimOf(database: number): string {
  return `parley-test:database:${String(database)}`;
}

/** Claims an empty database, or one that a test left behind whose process is gone. Other data are left alone. */
async function claimDatabase(redis: Redis): Promise<number> {
  for (const database of REDIS_DATABASES) {
    const owner = await redis.get(claimOf(database));
    if (owner !== null && isRunning(Number(owner))) continue;
    if (owner !== null) await redis.multi().select(database).flushdb().select(0).del(claimOf(database)).exec();
    if ((await redis.set(claimOf(database), String(process.pid), 'NX')) === null) continue;
    const replies = await redis.multi().select(database).dbsize().select(0).exec();
    if (replies?.[1]?.[1] === 0) return database;
    await redis.del(claimOf(database));
  }
  throw new Error(`no database of the Redis at port ${String(REDIS_PORT)} is empty`);
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

const POSTGRES_PORT = 5432;

/** A database of its own on the machine's PostgreSQL, else a PostgreSQL of its own. */
async function postgresPlace(): Promise<Place> {
  if (!(await letsPostgresIn())) {
    const { url, dispose } = await startPostgres();
    return { url, release: dispose };
  }
  const server = `postgres://postgres@127.0.0.1:${String(POSTGRES_PORT)}`;
  const database = `parley_test_${randomUUID().replaceAll('-', '')}`;
  await runSql(`${server}/postgres`, `CREATE DATABASE ${database}`);
  return {
    url: `${server}/${database}`,
    release: () => runSql(`${server}/postgres`, `DROP DATABASE ${database} WITH (FORCE)`),
  };
}

/** A server may be there and want a password. */
async function letsPostgresIn(): Promise<boolean> {
  try {
    await runSql(`postgres://postgres@127.0.0.1:${String(POSTGRES_PORT)}/postgres`, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

async function runSql(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
