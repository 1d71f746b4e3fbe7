import type { ChatMessage } from '../inference/tasks.js';

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

/** Where conversations are kept. Implementations are in `state/`; one contract test runs against each. */
export abstract class ConversationStore {
  /** An unknown conversation is an empty one. */
  abstract read(key: ConversationKey): Promise<Conversation>;
  /** Adds messages at the end, all or none. */
  abstract append(key: ConversationKey, messages: readonly ChatMessage[]): Promise<void>;
  /** Forgets the turns; the system prompt stays. */
  abstract clearTurns(key: ConversationKey): Promise<void>;
  abstract setSystemPrompt(key: ConversationKey, text: string): Promise<void>;
}
