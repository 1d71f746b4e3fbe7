import type { ChatMessage } from '../../inference/text-tasks.js';

/** Whose conversation with which model. API keys never see each other's. */
export interface ConversationKey {
  readonly keyId: string;
  readonly session: string;
  /** Catalogue id of the model. */
  readonly model: string;
}

export interface Conversation {
  readonly systemPrompt: string | null;
  /** Questions and answers in turn, oldest first. */
  readonly turns: readonly ChatMessage[];
}

/**
 * Where conversations are kept: they outlive a restart, and keep within bounds (`state/conversation-size.ts`), where the
 * oldest messages go first. Every method throws `overloaded` while the store is out of reach. Implementations are in
 * `state/`; one contract test runs against each.
 */
export abstract class ConversationStore {
  /** An unknown conversation is an empty one. */
  abstract read(key: ConversationKey): Promise<Conversation>;
  /**
   * Adds messages at the end, all or none. They stay together, whoever else adds some meanwhile, and are dropped
   * together once the conversation has become too long.
   */
  abstract append(key: ConversationKey, messages: readonly ChatMessage[]): Promise<void>;
  /** Forgets the turns; the system prompt stays. */
  abstract clearTurns(key: ConversationKey): Promise<void>;
  abstract setSystemPrompt(key: ConversationKey, text: string): Promise<void>;
}
