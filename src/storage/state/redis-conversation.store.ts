import { ConversationStore, type Conversation, type ConversationKey } from '../../domains/chat/conversation.store.js';
import type { ChatMessage } from '../../inference/text-tasks.js';
import type { RedisStore } from '../store/redis.store.js';
import { CONVERSATION_BOUNDS, sizeOf, type ConversationBounds } from './conversation-size.js';
import { recordId } from './record-id.js';
import { readMessages, readText, writeMessages, writeText } from './stored-text.js';

/**
 * Adds an exchange and drops the oldest ones that are too much then, in one step. An exchange is
 * `<messages> <characters> <JSON>`, and the hash holds the sums of these, so that nothing is read to add something.
 * KEYS: the list of exchanges, the hash. ARGV: messages, characters, JSON, most messages, most characters.
 */
const APPEND = `
  redis.call('RPUSH', KEYS[1], ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])
  local messages = redis.call('HINCRBY', KEYS[2], 'messages', ARGV[1])
  local characters = redis.call('HINCRBY', KEYS[2], 'characters', ARGV[2])
  local count = redis.call('LLEN', KEYS[1])
  while count > 1 and (messages > tonumber(ARGV[4]) or characters > tonumber(ARGV[5])) do
    local oldMessages, oldCharacters = string.match(redis.call('LPOP', KEYS[1]), '^(%d+) (%d+) ')
    messages = redis.call('HINCRBY', KEYS[2], 'messages', -tonumber(oldMessages))
    characters = redis.call('HINCRBY', KEYS[2], 'characters', -tonumber(oldCharacters))
    count = count - 1
  end
`;

interface Keys {
  /** A list, oldest first. */
  readonly exchanges: string;
  /** A hash: `system`, and the sums of `messages` and `characters`. */
  readonly about: string;
}

/** Conversations in Redis. What one append adds is one element of a list. */
export class RedisConversationStore extends ConversationStore {
  constructor(
    private readonly store: RedisStore,
    private readonly bounds: ConversationBounds = CONVERSATION_BOUNDS,
  ) {
    super();
  }

  override read(key: ConversationKey): Promise<Conversation> {
    const { exchanges, about } = keysOf(key);
    return this.store.useFor(key.keyId, async () => {
      const replies = await this.store.client.multi().hget(about, 'system').lrange(exchanges, 0, -1).exec();
      const [system, turns] = valuesOf(replies) as [string | null, string[]];
      return {
        systemPrompt: system === null ? null : readText(system),
        turns: turns.flatMap((stored) => readMessages(stored.slice(stored.indexOf('[')))),
      };
    });
  }

  override append(key: ConversationKey, messages: readonly ChatMessage[]): Promise<void> {
    const { exchanges, about } = keysOf(key);
    const added = sizeOf(messages);
    const values = [added.messages, added.characters, writeMessages(messages)];
    return this.store.useFor(key.keyId, async () => {
      const { bounds } = this;
      await this.store.client.eval(APPEND, 2, exchanges, about, ...values, bounds.messages, bounds.characters);
    });
  }

  override clearTurns(key: ConversationKey): Promise<void> {
    const { exchanges, about } = keysOf(key);
    return this.store.useFor(key.keyId, async () => {
      valuesOf(await this.store.client.multi().del(exchanges).hdel(about, 'messages', 'characters').exec());
    });
  }

  override setSystemPrompt(key: ConversationKey, text: string): Promise<void> {
    return this.store.useFor(key.keyId, async () => {
      await this.store.client.hset(keysOf(key).about, 'system', writeText(text));
    });
  }
}

/** The values that the commands of a transaction answered; throws the first error among them. */
function valuesOf(replies: readonly [error: Error | null, value: unknown][] | null): unknown[] {
  return (replies ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}

/** The braces keep both on one node of a cluster. */
function keysOf({ keyId, session, model }: ConversationKey): Keys {
  const id = `{${recordId(keyId, session, model)}}`;
  return { exchanges: `parley:exchanges:${id}`, about: `parley:conversation:${id}` };
}
