import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationKey, ConversationStore } from '../../src/domains/chat/conversation.store.js';
import type { ChatMessage } from '../../src/inference/text-tasks.js';
import { conversationsIn } from '../../src/storage/state/state.module.js';
import { backends, type TestStore } from '../support/stores.js';

const EMPTY = { systemPrompt: null, turns: [] };

/** A conversation that no other test has. */
function newKey(): ConversationKey {
  return { keyId: 'key', session: randomUUID(), model: 'model' };
}

function exchange(name: string): ChatMessage[] {
  return [
    { role: 'user', content: `question ${name}` },
    { role: 'assistant', content: `answer ${name}` },
  ];
}

function exchanges(from: number, to: number): ChatMessage[] {
  return Array.from({ length: to - from + 1 }, (_, index) => exchange(String(from + index))).flat();
}

/** Appends exchanges, each once the one before is there. */
async function appendAll(store: ConversationStore, key: ConversationKey, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) await store.append(key, exchange(String(number)));
}

/** The names of the exchanges in their order; fails where a question is not followed by its own answer. */
function namesOf(turns: readonly ChatMessage[]): string[] {
  const questions = turns.filter((_, index) => index % 2 === 0);
  const names = questions.map(({ content }) => content.replace('question ', ''));
  expect(turns).toEqual(names.flatMap((name) => exchange(name)));
  return names;
}

describe.each(backends)('conversations in the $name store', ({ name, open }) => {
  let place: TestStore;
  let conversations: ConversationStore;

  beforeAll(async () => {
    place = await open();
    conversations = conversationsIn(place.store);
  });
  afterAll(() => place.dispose());

  it('finds nothing, and opens no store, before anything was stored', async () => {
    const key = newKey();
    await conversations.clearTurns(key);
    expect(await conversations.read(key)).toEqual(EMPTY);
    expect(place.store.isOpen).toBe(name !== 'embedded');
    expect(place.store.holdsNothing).toBe(name === 'embedded');
  });

  it('has an empty conversation where there is none', async () => {
    await conversations.append(newKey(), exchange('elsewhere'));
    expect(await conversations.read(newKey())).toEqual(EMPTY);
  });

  it('keeps messages in the order they were added in', async () => {
    const key = newKey();
    await appendAll(conversations, key, 1, 12);
    expect(await conversations.read(key)).toEqual({ systemPrompt: null, turns: exchanges(1, 12) });
  });

  it('replaces the system prompt', async () => {
    const key = newKey();
    await conversations.setSystemPrompt(key, 'Be brief.');
    await conversations.append(key, exchange('1'));
    await conversations.setSystemPrompt(key, 'Be kind.');
    expect(await conversations.read(key)).toEqual({ systemPrompt: 'Be kind.', turns: exchange('1') });
  });

  it('keeps an empty system prompt apart from none', async () => {
    const key = newKey();
    await conversations.setSystemPrompt(key, '');
    expect(await conversations.read(key)).toEqual({ systemPrompt: '', turns: [] });
  });

  it('clears the turns of one conversation, and leaves its system prompt', async () => {
    const [key, other] = [newKey(), newKey()];
    await conversations.setSystemPrompt(key, 'Be brief.');
    await conversations.append(key, exchange('1'));
    await conversations.append(other, exchange('2'));
    await conversations.clearTurns(key);
    expect(await conversations.read(key)).toEqual({ systemPrompt: 'Be brief.', turns: [] });
    expect(await conversations.read(other)).toEqual({ systemPrompt: null, turns: exchange('2') });
    await conversations.append(key, exchange('3'));
    expect(await conversations.read(key)).toEqual({ systemPrompt: 'Be brief.', turns: exchange('3') });
  });

  it('keeps keys, sessions and models apart, whatever is in their names', async () => {
    const names = [
      '',
      'a',
      'b',
      'ab',
      'a","b',
      'a:b',
      'a\u0000b',
      'a b',
      '{a}',
      '\ud800',
      '\ufffd',
      'é',
      'x'.repeat(9000),
    ];
    const keys = names.flatMap((text) => [
      { keyId: text, session: 'b', model: 'c' },
      { keyId: 'a', session: text, model: 'c' },
      { keyId: 'a', session: 'b', model: text },
    ]);
    const different = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
    for (const [index, key] of different.entries()) {
      await conversations.setSystemPrompt(key, String(index));
      await conversations.append(key, exchange(String(index)));
    }
    for (const [index, key] of different.entries()) {
      const expected = { systemPrompt: String(index), turns: exchange(String(index)) };
      expect(await conversations.read(key)).toEqual(expected);
    }
  });

  it.each([
    ['emoji and other planes', 'Grüße 👩‍👩‍👧‍👦 𝔘𝔫𝔦 مرحبا'],
    ['U+0000', 'before\u0000after\u0000'],
    ['lone surrogates', '\ud83d alone \udc00'],
    [
      'quotes, backslashes and line ends',
      `"'\`\\\\u0000 \\ud800 %s $1 ''; DROP TABLE parley.exchange; --\r\n\t\u2028[{`,
    ],
    ['nothing', ''],
    ['a megabyte', 'é'.repeat(1_000_000)],
  ])('gives back %s as it was', async (_, text) => {
    const key = newKey();
    const turns: ChatMessage[] = [
      { role: 'user', content: text },
      { role: 'assistant', content: `${text}!` },
    ];
    await conversations.setSystemPrompt(key, text);
    await conversations.append(key, turns);
    expect(await conversations.read(key)).toEqual({ systemPrompt: text, turns });
  });

  it('keeps questions beside their answers, and loses none, when many add at once', async () => {
    const key = newKey();
    const names = Array.from({ length: 50 }, (_, index) => String(index));
    await Promise.all(names.map((each) => conversations.append(key, exchange(each))));
    const { turns } = await conversations.read(key);
    expect(namesOf(turns).toSorted()).toEqual(names.toSorted());
  });

  it('drops the oldest exchanges beyond the messages it keeps', async () => {
    const key = newKey();
    const bounded = conversationsIn(place.store, { messages: 7, characters: 1_000_000 });
    await bounded.setSystemPrompt(key, 'Be brief.');
    await appendAll(bounded, key, 1, 3);
    expect((await bounded.read(key)).turns).toEqual(exchanges(1, 3));
    await appendAll(bounded, key, 4, 9);
    expect(await bounded.read(key)).toEqual({ systemPrompt: 'Be brief.', turns: exchanges(7, 9) });
  });

  it('drops the oldest exchanges beyond the characters it keeps', async () => {
    const key = newKey();
    const size = exchange('1').reduce((sum, { content }) => sum + content.length, 0);
    const bounded = conversationsIn(place.store, { messages: 1000, characters: 3 * size });
    await appendAll(bounded, key, 1, 3);
    expect((await bounded.read(key)).turns).toEqual(exchanges(1, 3));
    await appendAll(bounded, key, 4, 5);
    expect((await bounded.read(key)).turns).toEqual(exchanges(3, 5));
  });

  it('keeps the last exchange, however long it is', async () => {
    const key = newKey();
    const bounded = conversationsIn(place.store, { messages: 1000, characters: 100 });
    const long: ChatMessage[] = [{ role: 'user', content: 'x'.repeat(101) }, ...exchange('long').slice(1)];
    await bounded.append(key, exchange('1'));
    await bounded.append(key, long);
    expect((await bounded.read(key)).turns).toEqual(long);
    await bounded.append(key, exchange('2'));
    expect((await bounded.read(key)).turns).toEqual(exchange('2'));
  });

  it('counts anew after the turns were cleared', async () => {
    const key = newKey();
    const bounded = conversationsIn(place.store, { messages: 6, characters: 1_000_000 });
    await appendAll(bounded, key, 1, 3);
    await bounded.clearTurns(key);
    await appendAll(bounded, key, 4, 6);
    expect((await bounded.read(key)).turns).toEqual(exchanges(4, 6));
  });

  it('keeps within its bounds when many add at once', async () => {
    const key = newKey();
    const bounded = conversationsIn(place.store, { messages: 10, characters: 1_000_000 });
    const names = Array.from({ length: 50 }, (_, index) => String(index));
    await Promise.all(names.map((each) => bounded.append(key, exchange(each))));
    await bounded.append(key, exchange('last'));
    const kept = namesOf((await bounded.read(key)).turns);
    expect(kept).toHaveLength(5);
    expect(kept.at(-1)).toBe('last');
  });

  it('has everything after a restart, and goes on from there', async () => {
    const key = newKey();
    await conversations.setSystemPrompt(key, 'Be brief.');
    await appendAll(conversations, key, 1, 3);
    conversations = conversationsIn(await place.reopen());
    expect(await conversations.read(key)).toEqual({ systemPrompt: 'Be brief.', turns: exchanges(1, 3) });
    await conversations.append(key, exchange('4'));
    expect((await conversations.read(key)).turns).toEqual(exchanges(1, 4));
  });
});
