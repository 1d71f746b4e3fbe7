import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import type { ModelResponse, ResponseRequest, Thread } from '../../src/domains/responses/model-response.js';
import { itemId, newResponseId, responseOfItem } from '../../src/domains/responses/response-ids.js';
import type { Item, ItemReference, NewItem } from '../../src/domains/responses/response-items.js';
import { ResponseStore, type ResponseKey } from '../../src/domains/responses/response.store.js';
import { THREAD_BOUNDS, Threads } from '../../src/domains/responses/threads.js';

/** A store in memory. */
class Shelf extends ResponseStore {
  private readonly threads = new Map<string, Thread>();

  override open(): Promise<void> {
    return Promise.resolve();
  }
  override keep(keyId: string, thread: Thread): Promise<void> {
    this.threads.set(`${keyId} ${thread.response.id}`, thread);
    return Promise.resolve();
  }
  override thread({ keyId, id }: ResponseKey): Promise<Thread | null> {
    return Promise.resolve(this.threads.get(`${keyId} ${id}`) ?? null);
  }
  override async response(key: ResponseKey): Promise<ModelResponse | null> {
    return (await this.thread(key))?.response ?? null;
  }
  override async input(key: ResponseKey): Promise<readonly Item[] | null> {
    return (await this.thread(key))?.input ?? null;
  }
  override remove({ keyId, id }: ResponseKey): Promise<boolean> {
    return Promise.resolve(this.threads.delete(`${keyId} ${id}`));
  }
}

function said(text: string, id?: string): NewItem & { readonly kind: 'message' } {
  return {
    kind: 'message',
    state: 'completed',
    role: 'user',
    parts: [{ kind: 'text', text }],
    ...(id !== undefined && { id }),
  };
}

const refer = (id: string): ItemReference => ({ kind: 'reference', id });

function request(input: ResponseRequest['input'], previousId: string | null = null): ResponseRequest {
  return { instructions: null, previousId, input, keep: true, wishes: { sampling: {} }, settings: {} };
}

function wordsOf(items: readonly Item[]): unknown[] {
  return items.map((item) =>
    item.kind === 'message' ? item.parts[0]?.kind === 'text' && item.parts[0].text : item.kind,
  );
}

/** Keeps a response made from that input; its answer is "yes". */
async function kept(shelf: Shelf, input: readonly Item[]): Promise<ModelResponse> {
  const id = newResponseId();
  const answer: Item = { ...said('yes'), id: itemId('message', id, input.length), role: 'assistant' };
  const response: ModelResponse = {
    id,
    createdAt: 1,
    completedAt: 1,
    state: 'completed',
    model: 'm',
    instructions: null,
    previousId: null,
    kept: true,
    output: [answer],
    usage: null,
    settings: {},
  };
  await shelf.keep('key', { response, input });
  return response;
}

const refused = (param: string, words: string, code = 'invalid_request'): Error =>
  expect.objectContaining({ code, param, message: expect.stringContaining(words) as string }) as Error;

describe('the conversation before a response', () => {
  it('is its input alone where it goes on from none; every item has an id that leads back', async () => {
    const id = newResponseId();
    const items = await new Threads(new Shelf()).itemsFor(id, request([said('a'), said('b', 'mine')]), 'key');
    expect(wordsOf(items)).toEqual(['a', 'b']);
    expect(responseOfItem(items[0]?.id ?? '')).toBe(id);
    expect(items[1]?.id).toBe('mine');
    expect(responseOfItem('mine')).toBeNull();
  });

  it('has the turns before it, which stand when an earlier response is deleted', async () => {
    const shelf = new Shelf();
    const threads = new Threads(shelf);
    const first = await kept(shelf, await threads.itemsFor(newResponseId(), request([said('1')]), 'key'));
    const second = await kept(shelf, await threads.itemsFor(newResponseId(), request([said('2')], first.id), 'key'));
    await shelf.remove({ keyId: 'key', id: first.id });
    const items = await threads.itemsFor(newResponseId(), request([said('3')], second.id), 'key');
    expect(wordsOf(items)).toEqual(['1', 'yes', '2', 'yes', '3']);
    expect(new Set(items.map(({ id }) => id)).size).toBe(5);
  });

  it.each(['key', 'other'])('refuses a response that the key "%s" does not have', async (keyId) => {
    const shelf = new Shelf();
    const { id } = await kept(shelf, []);
    const previous = keyId === 'key' ? newResponseId() : id;
    const asked = new Threads(shelf).itemsFor(newResponseId(), request([said('a')], previous), keyId);
    await expect(asked).rejects.toEqual(refused('previous_response_id', previous));
  });

  it('takes items of other responses by their ids', async () => {
    const shelf = new Shelf();
    const threads = new Threads(shelf);
    const input = await threads.itemsFor(newResponseId(), request([said('1')]), 'key');
    const { output } = await kept(shelf, input);
    const references = output.map((item) => refer(item.id));
    const items = await threads.itemsFor(newResponseId(), request([said('0'), ...references, said('2')]), 'key');
    expect(wordsOf(items)).toEqual(['0', 'yes', '2']);
    const others = threads.itemsFor(newResponseId(), request(references), 'other');
    await expect(others).rejects.toEqual(refused('input', references[0]?.id ?? ''));
  });

  it('leaves what is referred to where it is already', async () => {
    const shelf = new Shelf();
    const threads = new Threads(shelf);
    const input = await threads.itemsFor(newResponseId(), request([said('1')]), 'key');
    const response = await kept(shelf, input);
    const references = [...input, ...response.output].map(({ id }) => refer(id));
    const items = await threads.itemsFor(newResponseId(), request([...references, said('2')], response.id), 'key');
    expect(wordsOf(items)).toEqual(['1', 'yes', '2']);
    expect(new Set(items.map(({ id }) => id)).size).toBe(3);
  });

  it.each(['nothing', 'msg_0', `msg_${'0'.repeat(36)}`])('refuses a reference to "%s"', async (id) => {
    const asked = new Threads(new Shelf()).itemsFor(newResponseId(), request([refer(id)]), 'key');
    await expect(asked).rejects.toEqual(refused('input', id));
  });

  it('refuses an item that is there twice', async () => {
    const asked = new Threads(new Shelf()).itemsFor(newResponseId(), request([said('a', 'x'), said('b', 'x')]), 'key');
    await expect(asked).rejects.toEqual(refused('input', '"x"'));
  });

  it('refuses an empty one', async () => {
    await expect(new Threads(new Shelf()).itemsFor(newResponseId(), request([]), 'key')).rejects.toEqual(
      refused('input', 'empty'),
    );
  });

  it.each([
    ['items', Array.from({ length: THREAD_BOUNDS.items + 1 }, () => said('a'))],
    ['characters', [said('x'.repeat(THREAD_BOUNDS.characters))]],
  ])('refuses too many %s', async (what, input) => {
    const asked = new Threads(new Shelf()).itemsFor(newResponseId(), request(input), 'key');
    await expect(asked).rejects.toEqual(refused('input', what, 'payload_too_large'));
  });
});
