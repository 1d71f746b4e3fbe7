import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelResponse, Thread } from '../../src/domains/responses/model-response.js';
import { newResponseId } from '../../src/domains/responses/response-ids.js';
import type { Item } from '../../src/domains/responses/response-items.js';
import type { ResponseStore } from '../../src/domains/responses/response.store.js';
import { responsesIn } from '../../src/storage/state/state.module.js';
import { backends, type TestStore } from '../support/stores.js';
import { until } from '../support/wait.js';

const A_DAY = 86_400;

function said(text: string, role: 'user' | 'assistant'): Item {
  return { kind: 'message', id: `msg_${randomUUID()}`, state: 'completed', role, parts: [{ kind: 'text', text }] };
}

function newThread(text: string): Thread {
  const response: ModelResponse = {
    id: newResponseId(),
    createdAt: 1_795_230_540,
    completedAt: null,
    state: 'incomplete',
    model: text,
    instructions: text,
    previousId: null,
    kept: true,
    output: [said(`${text}!`, 'assistant')],
    usage: { promptTokens: 7, cachedTokens: 3, completionTokens: 2, reasoningTokens: 0 },
    settings: { metadata: { text }, temperature: null, tools: [] },
  };
  return { response, input: [said('earlier', 'user'), said(text, 'user')] };
}

describe.each(backends)('responses in the $name store', ({ name, open }) => {
  let place: TestStore;
  let responses: ResponseStore;

  beforeAll(async () => {
    place = await open();
    responses = responsesIn(place.store, A_DAY);
  });
  afterAll(() => place.dispose());

  it('finds nothing, and opens no store, before anything was kept', async () => {
    const key = { keyId: 'key', id: newResponseId() };
    expect(await responses.response(key)).toBeNull();
    expect(await responses.input(key)).toBeNull();
    expect(await responses.thread(key)).toBeNull();
    expect(await responses.remove(key)).toBe(false);
    expect(place.store.holdsNothing).toBe(name === 'embedded');
  });

  it('is open once it was opened', async () => {
    await responses.open();
    expect(place.store.isOpen).toBe(true);
  });

  it.each([
    ['emoji and other planes', 'Grüße 👩‍👩‍👧‍👦 𝔘𝔫𝔦 مرحبا'],
    ['U+0000', 'before\u0000after\u0000'],
    ['lone surrogates', '\ud83d alone \udc00'],
    ['quotes, backslashes and line ends', `"'\`\\\\u0000 %s $1 ''; DROP TABLE parley.response; --\r\n\t\u2028[{`],
    ['nothing', ''],
    ['as much as a picture', 'aZ9+'.repeat(250_000)],
  ])('gives back %s as it was', async (_, text) => {
    const thread = newThread(text);
    const key = { keyId: 'key', id: thread.response.id };
    await responses.keep('key', thread);
    expect(await responses.thread(key)).toEqual(thread);
    expect(await responses.response(key)).toEqual(thread.response);
    expect(await responses.input(key)).toEqual(thread.input);
  });

  it('shows them to their own key alone', async () => {
    const thread = newThread('secret');
    await responses.keep('key', thread);
    const others = { keyId: 'other', id: thread.response.id };
    expect(await responses.response(others)).toBeNull();
    expect(await responses.input(others)).toBeNull();
    expect(await responses.thread(others)).toBeNull();
    expect(await responses.remove(others)).toBe(false);
    expect(await responses.response({ ...others, keyId: 'key' })).toEqual(thread.response);
  });

  it('removes one, once, and leaves the others', async () => {
    const [thread, other] = [newThread('a'), newThread('b')];
    await Promise.all([responses.keep('key', thread), responses.keep('key', other)]);
    const key = { keyId: 'key', id: thread.response.id };
    expect(await responses.remove(key)).toBe(true);
    expect(await responses.remove(key)).toBe(false);
    expect(await responses.thread(key)).toBeNull();
    expect(await responses.thread({ ...key, id: other.response.id })).toEqual(other);
  });

  it('has them after a restart', async () => {
    const thread = newThread('kept');
    await responses.keep('key', thread);
    responses = responsesIn(await place.reopen(), A_DAY);
    expect(await responses.thread({ keyId: 'key', id: thread.response.id })).toEqual(thread);
  });

  it('forgets them when their time is over, and leaves no trace of them', async () => {
    const [brief, long] = [newThread('brief'), newThread('long')];
    await responses.keep('key', long);
    await responsesIn(place.store, 1).keep('key', brief);
    const key = { keyId: 'key', id: brief.response.id };
    await until('the end of its time', async () => (await responses.thread(key)) === null);
    expect(await responses.response(key)).toBeNull();
    expect(await responses.remove(key)).toBe(false);
    expect(await responses.thread({ ...key, id: long.response.id })).toEqual(long);
    await responses.keep('key', newThread('next')); // sweeps
    expect(await recordsOf(place)).not.toContain('brief');
  });
});

/** All that the store has of responses, as one text. */
async function recordsOf({ store }: TestStore): Promise<string> {
  if (store.speaks === 'sql') return JSON.stringify(await store.query('SELECT input FROM parley.response', []));
  const names = await store.client.keys('parley:response:*');
  const inputs = await Promise.all(names.map((each) => store.client.hget(each, 'input')));
  return JSON.stringify(inputs);
}
