import { Module } from '@nestjs/common';
import { ConversationStore } from '../chat/conversation.store.js';
import { MemoryConversationStore } from './memory-conversation.store.js';

@Module({
  providers: [{ provide: ConversationStore, useClass: MemoryConversationStore }],
  exports: [ConversationStore],
})
export class StateModule {}
