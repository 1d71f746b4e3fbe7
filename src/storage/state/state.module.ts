import { Global, Module } from '@nestjs/common';
import { ConversationStore } from '../../domains/chat/conversation.store.js';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ModelPointers } from '../../domains/lifecycle/model-pointers.js';
import { ResponseStore } from '../../domains/responses/response.store.js';
import { STORE, type AnyStore } from '../store/store.module.js';
import { CONVERSATION_BOUNDS } from './conversation-size.js';
import { RedisConversationStore } from './redis-conversation.store.js';
import { RedisModelPointers } from './redis-model-pointers.js';
import { RedisResponseStore } from './redis-response.store.js';
import { SqlConversationStore } from './sql-conversation.store.js';
import { SqlModelPointers } from './sql-model-pointers.js';
import { SqlResponseStore } from './sql-response.store.js';

export function conversationsIn(store: AnyStore, bounds = CONVERSATION_BOUNDS): ConversationStore {
  return store.speaks === 'redis' ? new RedisConversationStore(store, bounds) : new SqlConversationStore(store, bounds);
}

export function modelPointersIn(store: AnyStore): ModelPointers {
  return store.speaks === 'redis' ? new RedisModelPointers(store) : new SqlModelPointers(store);
}

/** `ttl`: seconds that responses are kept. */
export function responsesIn(store: AnyStore, ttl: number): ResponseStore {
  return store.speaks === 'redis' ? new RedisResponseStore(store, ttl) : new SqlResponseStore(store, ttl);
}

/** Implements the storage ports of the domains in the store: they inject the ports and know no storage. */
@Global()
@Module({
  providers: [
    { provide: ConversationStore, inject: [STORE], useFactory: (store: AnyStore) => conversationsIn(store) },
    { provide: ModelPointers, inject: [STORE], useFactory: modelPointersIn },
    {
      provide: ResponseStore,
      inject: [STORE, SETTINGS_TOKEN],
      useFactory: (store: AnyStore, { responsesTtl }: Settings) => responsesIn(store, responsesTtl),
    },
  ],
  exports: [ConversationStore, ModelPointers, ResponseStore],
})
export class StateModule {}
