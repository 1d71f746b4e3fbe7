import { Injectable } from '@nestjs/common';
import { ConversationStore, type Conversation, type ConversationKey } from '../chat/conversation.store.js';
import type { ChatMessage } from '../inference/tasks.js';

/** Conversations in this process's memory: gone when it ends. */
@Injectable()
export class MemoryConversationStore extends ConversationStore {
  private readonly conversations = new Map<string, Conversation>();

  override read(key: ConversationKey): Promise<Conversation> {
    return Promise.resolve(this.get(key));
  }

  override append(key: ConversationKey, messages: readonly ChatMessage[]): Promise<void> {
    const { systemPrompt, turns } = this.get(key);
    return this.put(key, { systemPrompt, turns: [...turns, ...messages] });
  }

  override clearTurns(key: ConversationKey): Promise<void> {
    return this.put(key, { systemPrompt: this.get(key).systemPrompt, turns: [] });
  }

  override setSystemPrompt(key: ConversationKey, text: string): Promise<void> {
    return this.put(key, { systemPrompt: text, turns: this.get(key).turns });
  }

  private get(key: ConversationKey): Conversation {
    return this.conversations.get(nameOf(key)) ?? { systemPrompt: null, turns: [] };
  }

  private put(key: ConversationKey, conversation: Conversation): Promise<void> {
    this.conversations.set(nameOf(key), conversation);
    return Promise.resolve();
  }
}

function nameOf({ keyId, session, model }: ConversationKey): string {
  return JSON.stringify([keyId, session, model]);
}
