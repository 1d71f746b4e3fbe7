import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { createPostgresBackend, createRedisBackend, setDefaultBackendFactory } from 'bullmq';
import { PACKAGE_ROOT } from '../../config/package-root.js';
import type { Settings } from '../../config/settings.js';
import { EmbeddedStore } from './embedded.store.js';
import type { PostgresStore } from './postgres.store.js';
import type { RedisStore } from './redis.store.js';

/** Injection token of the {@link AnyStore}. */
export const STORE = Symbol('store');

export type AnyStore = EmbeddedStore | PostgresStore | RedisStore;

/** The store that QUEUE_URL asks for; unset: the embedded one. Only its own driver is read into memory. */
export async function createStore({ queueUrl, dataDir }: Pick<Settings, 'queueUrl' | 'dataDir'>): Promise<AnyStore> {
  if (queueUrl === null) return new EmbeddedStore(dataDir, join(PACKAGE_ROOT, 'dist/store-template'));
  if (queueUrl.protocol.startsWith('redis')) return new (await import('./redis.store.js')).RedisStore(queueUrl);
  return new (await import('./postgres.store.js')).PostgresStore(queueUrl);
}

@Global()
@Module({})
export class StoreModule {
  static async forRoot(settings: Settings): Promise<DynamicModule> {
    const store = await createStore(settings);
    // @nestjs/bullmq has no option for it: queues, workers and their events take the default of the process.
    if (store.speaks === 'redis') setDefaultBackendFactory(createRedisBackend);
    else setDefaultBackendFactory(createPostgresBackend);
    return { module: StoreModule, providers: [{ provide: STORE, useValue: store }], exports: [STORE] };
  }
}
