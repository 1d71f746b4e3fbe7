import { randomUUID } from 'node:crypto';
import type { Item } from './response-items.js';

const PREFIXES = {
  message: 'msg',
  call: 'fc',
  'call-output': 'fco',
  reasoning: 'rs',
} as const satisfies Record<Item['kind'], string>;

const ITEM_ID = /^(?:msg|fc|fco|rs)_([0-9a-f]{32})[0-9a-f]{4,}$/;

export function newResponseId(): string {
  return `resp_${randomUUID().replaceAll('-', '')}`;
}

/** The id of the item with that number among all that a response names: it leads back to the response. */
export function itemId(kind: Item['kind'], responseId: string, number: number): string {
  return `${PREFIXES[kind]}_${responseId.slice('resp_'.length)}${number.toString(16).padStart(4, '0')}`;
}

/** The response that named an item; null for an id that no response gave. */
export function responseOfItem(id: string): string | null {
  const [, hex] = ITEM_ID.exec(id) ?? [];
  return hex === undefined ? null : `resp_${hex}`;
}
