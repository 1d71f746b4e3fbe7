import { ConversationStore, type Conversation, type ConversationKey } from '../../domains/chat/conversation.store.js';
import type { ChatMessage } from '../../inference/text-tasks.js';
import type { SqlStore } from '../store/sql-store.js';
import { CONVERSATION_BOUNDS, sizeOf, type ConversationBounds } from './conversation-size.js';
import { recordId } from './record-id.js';
import { readMessages, readText, writeMessages, writeText } from './stored-text.js';

/** One statement, so that the system prompt and the history are of the same moment. Positions begin at 1. */
const READ = `
  SELECT 'system' AS kind, 0 AS position, text AS stored FROM parley.system_prompt WHERE conversation = $1
  UNION ALL
  SELECT 'exchange', position, messages FROM parley.exchange WHERE conversation = $1
  ORDER BY position
`;

/**
 * Adds an exchange and drops the oldest ones that are too much then. The statement does not see the row that it adds,
 * nor those that others add meanwhile: the next append drops what was too much of them. Rows that another append is
 * about to drop are passed over, so that appends neither wait for each other nor lock each other up.
 */
const APPEND = `
  WITH added AS (
    INSERT INTO parley.exchange (conversation, messages, message_count, characters) VALUES ($1, $2, $3, $4)
  ),
  reach AS (
    SELECT position, sum(message_count) OVER newest_first AS messages, sum(characters) OVER newest_first AS characters
    FROM parley.exchange WHERE conversation = $1
    WINDOW newest_first AS (ORDER BY position DESC)
  ),
  surplus AS (
    SELECT position FROM parley.exchange
    WHERE conversation = $1 AND position <= (
      SELECT max(position) FROM reach WHERE messages > $5::bigint - $3 OR characters > $6::bigint - $4
    )
    FOR UPDATE SKIP LOCKED
  )
  DELETE FROM parley.exchange WHERE conversation = $1 AND position IN (SELECT position FROM surplus)
`;

const SET_SYSTEM_PROMPT = `
  INSERT INTO parley.system_prompt (conversation, text) VALUES ($1, $2)
  ON CONFLICT (conversation) DO UPDATE SET text = excluded.text
`;

interface StoredPart {
  readonly kind: 'system' | 'exchange';
  readonly stored: string;
}

/** Conversations in PostgreSQL, embedded or not. What one append adds is one row. */
export class SqlConversationStore extends ConversationStore {
  constructor(
    private readonly store: SqlStore,
    private readonly bounds: ConversationBounds = CONVERSATION_BOUNDS,
  ) {
    super();
  }

  override async read(key: ConversationKey): Promise<Conversation> {
    if (this.isBlank()) return { systemPrompt: null, turns: [] };
    const { rows } = await this.store.query<StoredPart>(READ, [idOf(key)], key.keyId);
    const systemPrompt = rows.find(({ kind }) => kind === 'system');
    const exchanges = rows.filter(({ kind }) => kind === 'exchange');
    return {
      systemPrompt: systemPrompt === undefined ? null : readText(systemPrompt.stored),
      turns: exchanges.flatMap(({ stored }) => readMessages(stored)),
    };
  }

  override async append(key: ConversationKey, messages: readonly ChatMessage[]): Promise<void> {
    const added = sizeOf(messages);
    const values = [added.messages, added.characters, this.bounds.messages, this.bounds.characters];
    await this.store.query(APPEND, [idOf(key), writeMessages(messages), ...values], key.keyId);
  }

  override async clearTurns(key: ConversationKey): Promise<void> {
    if (this.isBlank()) return;
    await this.store.query('DELETE FROM parley.exchange WHERE conversation = $1', [idOf(key)], key.keyId);
  }

  override async setSystemPrompt(key: ConversationKey, text: string): Promise<void> {
    await this.store.query(SET_SYSTEM_PROMPT, [idOf(key), writeText(text)], key.keyId);
  }

  /** True while there is certainly nothing to read: the embedded store is not opened for that. */
  private isBlank(): boolean {
    return this.store.holdsNothing;
  }
}

function idOf({ keyId, session, model }: ConversationKey): string {
  return recordId(keyId, session, model);
}
