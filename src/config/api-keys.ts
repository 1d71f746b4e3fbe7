import { list, type Parser } from './parsers.js';

/** A key as it was configured; `name` null: it is known by its digest. */
export interface ConfiguredKey {
  readonly name: string | null;
  readonly key: string;
}

/** What a key may be called. It is shown in logs, so it may not look like anything else there. */
export const KEY_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Key id of all callers of a service without keys. */
export const ANONYMOUS = 'anonymous';

/** Callers that hold no API key. */
export const RESERVED_KEY_NAMES: readonly string[] = [ANONYMOUS, 'metrics'];

/** What can be sent in a header without being changed on the way. */
export const SENDABLE_KEY = /^[\x21-\x7e]+$/;

/**
 * `key` or `name:key`, separated by commas. No message shows an entry or its name: where the colon is misplaced, that
 * would be a part of the key.
 */
export const apiKeys: Parser<readonly ConfiguredKey[]> = (raw) => {
  const keys = list(raw).map(readKey);
  keys.forEach(({ name, key }, index) => {
    const other = keys.slice(0, index).find((earlier) => earlier.key === key && earlier.name !== name);
    if (other !== undefined) throw new Error(`entry ${String(index + 1)} has the key of another name`);
  });
  return keys;
};

function readKey(entry: string, index: number): ConfiguredKey {
  const refuse = (why: string): never => {
    throw new Error(`entry ${String(index + 1)} ${why}`);
  };
  if (!SENDABLE_KEY.test(entry)) refuse('has characters that no header carries');
  const colon = entry.indexOf(':');
  if (colon < 0) return { name: null, key: entry };
  const name = entry.slice(0, colon);
  const key = entry.slice(colon + 1);
  if (!KEY_NAME.test(name)) refuse('has before its colon what is no name: a name is in lower case, such as team-a:key');
  if (RESERVED_KEY_NAMES.includes(name)) refuse('has a name that stands for callers without a key');
  if (key === '') refuse('has a name and no key');
  return { name, key };
}
