import type { Provider } from '@nestjs/common';
import { STORE, type AnyStore } from '../../../storage/store/store.module.js';
import { JobIndex } from './job-index.js';
import { JobLine } from './job-line.js';
import { RedisJobAdoption } from './redis-job-adoption.js';
import { RedisJobIndex } from './redis-job-index.js';
import { RedisJobLine } from './redis-job-line.js';
import { RedisWaiterRegistry } from './redis-waiter-registry.js';
import { SqlJobIndex } from './sql-job-index.js';
import { SqlJobLine } from './sql-job-line.js';
import { SqlWaiterRegistry } from './sql-waiter-registry.js';
import { WaiterRegistry } from './waiter-registry.js';

export interface JobLedger {
  readonly index: JobIndex;
  readonly line: JobLine;
  readonly waiters: WaiterRegistry;
}

/** Providers of the job index, the job line and the waiter registry, beside BullMQ's own records. */
export function createJobLedger(store: AnyStore): JobLedger {
  if (store.speaks === 'sql') {
    return { index: new SqlJobIndex(store), line: new SqlJobLine(store), waiters: new SqlWaiterRegistry(store) };
  }
  const adoption = new RedisJobAdoption(store);
  return {
    index: new RedisJobIndex(store, adoption),
    line: new RedisJobLine(store, adoption),
    waiters: new RedisWaiterRegistry(store),
  };
}

const LEDGER = Symbol('job ledger');

export const ledgerProviders: Provider[] = [
  { provide: LEDGER, inject: [STORE], useFactory: createJobLedger },
  { provide: JobIndex, inject: [LEDGER], useFactory: ({ index }: JobLedger) => index },
  { provide: JobLine, inject: [LEDGER], useFactory: ({ line }: JobLedger) => line },
  { provide: WaiterRegistry, inject: [LEDGER], useFactory: ({ waiters }: JobLedger) => waiters },
];
