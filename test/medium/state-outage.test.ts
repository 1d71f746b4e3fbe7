import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationStore } from '../../src/domains/chat/conversation.store.js';
import type { ModelPointers } from '../../src/domains/lifecycle/model-pointers.js';
import { conversationsIn, modelPointersIn } from '../../src/storage/state/state.module.js';
import { createStore, type AnyStore } from '../../src/storage/store/store.module.js';
import { startPostgres, startRedis, type StoreServer } from '../support/store-servers.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';

const KEY = { keyId: 'key', session: 'session', model: 'mini' };
const TURNS = [{ role: 'user', content: 'Hello?' } as const];
const POINTER = { model: 'mini', name: 'mini:latest', chosenAt: 7 };

describe.each([
  { name: 'Redis', startServer: startRedis },
  { name: 'PostgreSQL', startServer: startPostgres },
])('while $name is away', ({ startServer }) => {
  let server: StoreServer;
  let store: AnyStore;
  let conversations: ConversationStore;
  let pointers: ModelPointers;

  beforeEach(async () => {
    server = await startServer();
    store = await createStore({ queueUrl: new URL(server.url), dataDir: '' });
    conversations = conversationsIn(store);
    pointers = modelPointersIn(store);
  });
  afterEach(async () => {
    await store.close();
    await server.dispose();
  });

  /** Resolves once the store has noticed that the server is back. */
  async function back(): Promise<void> {
    await until('the store to answer', () => conversations.read(KEY).catch(() => undefined));
  }

  it('refuses what needs conversations, and loses none', async () => {
    await conversations.append(KEY, TURNS);
    await conversations.setSystemPrompt(KEY, 'Be brief.');
    await server.stop();
    const refusals = [
      await errorOf(conversations.read(KEY)),
      await errorOf(conversations.append(KEY, TURNS)),
      await errorOf(conversations.clearTurns(KEY)),
      await errorOf(conversations.setSystemPrompt(KEY, 'Be kind.')),
    ];
    expect(refusals.map(({ code }) => code)).toEqual(refusals.map(() => 'overloaded'));
    expect(refusals.every(({ retryAfterSeconds }) => retryAfterSeconds !== undefined)).toBe(true);
    await server.start();
    await back();
    expect(await conversations.read(KEY)).toEqual({ systemPrompt: 'Be brief.', turns: TURNS });
  });

  it('refuses to read and set pointers, but forgets once it is back', async () => {
    await pointers.set('anna', POINTER);
    await pointers.set('bert', { ...POINTER, model: 'large' });
    await server.stop();
    expect((await errorOf(pointers.get('anna'))).code).toBe('overloaded');
    expect((await errorOf(pointers.set('anna', POINTER))).code).toBe('overloaded');
    await pointers.forget('mini');
    await server.start();
    await back();
    expect(await pointers.get('anna')).toBeNull();
    expect(await pointers.get('bert')).toEqual({ ...POINTER, model: 'large' });
  });
});
