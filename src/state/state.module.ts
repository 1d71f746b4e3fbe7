import { Module } from '@nestjs/common';
import { ConversationStore } from '../chat/conversation.store.js';
import { ModelPointers } from '../lifecycle/model-pointers.js';
import { STORE, type AnyStore } from '../store/store.module.js';
import { CONVERSATION_BOUNDS } from './conversation-size.js';
import { RedisConversationStore } from './redis-conversation.store.js';
import { RedisModelPointers } from './redis-model-pointers.js';
import { SqlConversationStore } from './sql-conversation.store.js';
import { SqlModelPointers } from './sql-model-pointers.js';

export function conversationsIn(store: AnyStore, bounds = CONVERSATION_BOUNDS): ConversationStore {
  return store.speaks === 'redis' ? new RedisConversationStore(store, bounds) : new SqlConversationStore(store, bounds);
}

export function modelPointersIn(store: AnyStore): ModelPointers {
  return store.speaks === 'redis' ? new RedisModelPointers(store) : new SqlModelPointers(store);
}

/** What the service remembers for its clients, in the store. */
@Module({
  providers: [
    { provide: ConversationStore, inject: [STORE], useFactory: (store: AnyStore) => conversationsIn(store) },
    { provide: ModelPointers, inject: [STORE], useFactory: modelPointersIn },
  ],
  exports: [ConversationStore, ModelPointers],
})
export class StateModule {}
