import { Injectable } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import type { ResponseRequest, Thread } from './model-response.js';
import { itemId, responseOfItem } from './response-ids.js';
import type { Item, ItemReference, NewItem } from './response-items.js';
import { ResponseStore } from './response.store.js';

/** How much a conversation may hold: far more than any context, and every picture that one request can bring. */
export interface ThreadBounds {
  readonly items: number;
  /** UTF-16 code units of the items, about as in JSON. */
  readonly characters: number;
}

export const THREAD_BOUNDS: ThreadBounds = { items: 2000, characters: 32 * 1024 ** 2 };

const TOO_MANY_ITEMS = `${String(THREAD_BOUNDS.items)} items`;

/** Conversations: what a response is made from. */
@Injectable()
export class Threads {
  constructor(private readonly store: ResponseStore) {}

  /**
   * The items before a response, with its own input as the last of them. Throws `invalid_request` for a response or an
   * item that is not kept, and `payload_too_large` for a conversation beyond {@link THREAD_BOUNDS}.
   */
  async itemsFor(responseId: string, request: ResponseRequest, keyId: string): Promise<readonly Item[]> {
    if (request.input.length > THREAD_BOUNDS.items) throw tooMuch(TOO_MANY_ITEMS);
    const earlier = await this.earlier(request.previousId, keyId);
    const known = new Map(earlier.map((item) => [item.id, item]));
    const threads = new Map<string, Thread | null>();
    for (const given of request.input) {
      // A reference to what is there already asks for nothing more.
      if (given.kind === 'reference' && known.has(given.id)) continue;
      const item =
        given.kind === 'reference' ? await this.referred(given, keyId, threads) : named(given, responseId, known.size);
      if (known.has(item.id)) throw refused(`"${item.id}" is in the conversation already`);
      known.set(item.id, item);
    }
    const items = [...known.values()];
    checkSize(items);
    return items;
  }

  private async earlier(previousId: string | null, keyId: string): Promise<readonly Item[]> {
    if (previousId === null) return [];
    const thread = await this.store.thread({ keyId, id: previousId });
    if (thread !== null) return [...thread.input, ...thread.response.output];
    throw new ParleyError('invalid_request', `There is no response "${previousId}" to go on from, or no longer.`, {
      param: 'previous_response_id',
    });
  }

  /** `threads`: those that were read before. */
  private async referred({ id }: ItemReference, keyId: string, threads: Map<string, Thread | null>): Promise<Item> {
    const response = responseOfItem(id);
    if (response !== null && !threads.has(response)) {
      threads.set(response, await this.store.thread({ keyId, id: response }));
    }
    const thread = response === null ? null : (threads.get(response) ?? null);
    const found = [...(thread?.input ?? []), ...(thread?.response.output ?? [])].find((item) => item.id === id);
    if (found === undefined) throw refused(`there is no item "${id}", or no longer`);
    return found;
  }
}

function named(item: NewItem, responseId: string, number: number): Item {
  return { ...item, id: item.id ?? itemId(item.kind, responseId, number) };
}

function refused(why: string): ParleyError {
  return new ParleyError('invalid_request', `The input cannot be used: ${why}.`, { param: 'input' });
}

function checkSize(items: readonly Item[]): void {
  if (items.length === 0) throw refused('it is empty');
  if (items.length > THREAD_BOUNDS.items) throw tooMuch(TOO_MANY_ITEMS);
  const characters = items.reduce((sum, item) => sum + charactersOf(item), 0);
  if (characters > THREAD_BOUNDS.characters) {
    throw tooMuch(`${String(THREAD_BOUNDS.characters / 1024 ** 2)} Mi characters`);
  }
}

/** About as many as in JSON, without making it: it may be long. */
function charactersOf(item: Item): number {
  const around = 100;
  switch (item.kind) {
    case 'message':
      return item.parts.reduce(
        (sum, part) => sum + around + (part.kind === 'text' ? part.text : part.link).length,
        around,
      );
    case 'call':
      return around + item.arguments.length;
    case 'call-output':
      return around + item.output.length;
    case 'reasoning':
      return around + item.text.length;
  }
}

function tooMuch(what: string): ParleyError {
  return new ParleyError('payload_too_large', `A conversation takes ${what} at most: begin another.`, {
    param: 'input',
  });
}
