import { Module } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { STORE, type AnyStore } from '../../storage/store/store.module.js';
import { ApiKeys } from './api-keys.js';
import { LocalRateLimiter } from './local-rate-limiter.js';
import { RateLimiter } from './rate-limiter.js';
import { RequestGate } from './request-gate.js';

/** Processes that share a Redis share their counts; another store would be asked too often. */
async function createRateLimiter(store: AnyStore): Promise<RateLimiter> {
  if (store.speaks !== 'redis') return new LocalRateLimiter();
  const { RedisRateLimiter } = await import('./redis-rate-limiter.js');
  return new RedisRateLimiter(store.queueConnection);
}

@Module({
  providers: [
    { provide: ApiKeys, inject: [SETTINGS_TOKEN], useFactory: (settings: Settings) => ApiKeys.load(settings) },
    { provide: RateLimiter, inject: [STORE], useFactory: createRateLimiter },
    RequestGate,
  ],
})
export class SecurityModule {}
