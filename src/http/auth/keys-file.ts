import { LineCounter, parseDocument } from 'yaml';
import { KEY_NAME, RESERVED_KEY_NAMES, SENDABLE_KEY } from '../../config/api-keys.js';
import { rateLimit, type RateLimit } from '../../config/parsers.js';
import { isJsonObject, type JsonObject } from '../../inference/json-value.js';
import { digestOf, type KeyEntry } from './key-ring.js';

const FIELDS: ReadonlySet<string> = new Set(['name', 'key', 'key_sha256', 'rate_limit', 'max_concurrent']);

/** What is wrong with a file of keys. The message never shows a key, nor anything that might be one. */
export class KeysFileError extends Error {
  override readonly name = 'KeysFileError';
}

/**
 * Reads the text of API_KEYS_FILE. Throws {@link KeysFileError} that names the entry, also where one contradicts what is
 * configured already.
 */
export function parseKeysFile(text: string, configured: readonly KeyEntry[] = []): KeyEntry[] {
  const file = contentOf(text);
  if (!isJsonObject(file) || !Array.isArray(file.keys) || Object.keys(file).length > 1) {
    throw new KeysFileError('must have one field, keys: a list of keys');
  }
  const entries = file.keys.map((entry: unknown, index) => readEntry(entry, `keys[${String(index)}]`));
  entries.forEach((entry, index) => {
    refuseContradiction(entry, [...configured, ...entries.slice(0, index)], `keys[${String(index)}]`);
  });
  return entries;
}

/** The parser's own messages quote the line, which may hold a key. */
function contentOf(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new KeysFileError(`is neither YAML nor JSON: see line ${String(lines.linePos(error.pos[0]).line)}`);
  }
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new KeysFileError('has an alias (*name), which a file of keys may not have');
  }
}

function readEntry(entry: unknown, where: string): KeyEntry {
  if (!isJsonObject(entry)) throw new KeysFileError(`${where} must have a name and a key`);
  const unknown = Object.keys(entry).find((field) => !FIELDS.has(field));
  // Not shown: a key that was written without "key: " before it would be the field's name.
  if (unknown !== undefined) {
    throw new KeysFileError(`${where} has an unknown field: there are ${[...FIELDS].join(', ')}`);
  }
  return {
    id: nameOf(entry, where),
    digest: keyOf(entry, where),
    limits: { rate: rateOf(entry, where), maxConcurrent: concurrencyOf(entry, where) },
  };
}

function nameOf({ name }: JsonObject, where: string): string {
  if (typeof name !== 'string' || !KEY_NAME.test(name)) {
    throw new KeysFileError(`${where}.name must be a name in lower case, such as team-a`);
  }
  if (RESERVED_KEY_NAMES.includes(name)) {
    throw new KeysFileError(`${where}.name may not be ${name}, which stands for callers without a key`);
  }
  return name;
}

function keyOf({ key, key_sha256: digest }: JsonObject, where: string): Buffer {
  if ((key === undefined) === (digest === undefined)) {
    throw new KeysFileError(`${where} must have either key or key_sha256`);
  }
  if (digest !== undefined) {
    if (typeof digest === 'string' && /^[0-9a-f]{64}$/i.test(digest)) return Buffer.from(digest, 'hex');
    throw new KeysFileError(`${where}.key_sha256 must be 64 hexadecimal digits, in quotes`);
  }
  if (typeof key === 'string' && SENDABLE_KEY.test(key)) return digestOf(key);
  throw new KeysFileError(`${where}.key must be a text of visible ASCII characters; one of digits alone needs quotes`);
}

function rateOf({ rate_limit: given }: JsonObject, where: string): RateLimit | null | undefined {
  if (given === undefined) return undefined;
  if (given === 'none') return null;
  try {
    return rateLimit(typeof given === 'string' ? given : '');
  } catch {
    throw new KeysFileError(`${where}.rate_limit must be requests/seconds, such as 60/60, or none`);
  }
}

function concurrencyOf({ max_concurrent: given }: JsonObject, where: string): number | null {
  if (given === undefined) return null;
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1) return given;
  throw new KeysFileError(`${where}.max_concurrent must be a whole number from 1`);
}

function refuseContradiction(entry: KeyEntry, earlier: readonly KeyEntry[], where: string): void {
  for (const other of earlier) {
    if (other.id !== entry.id) {
      if (other.digest.equals(entry.digest)) throw new KeysFileError(`${where} has the key of another name`);
    } else if (differ(entry.limits.rate, other.limits.rate)) {
      throw new KeysFileError(`${where}.rate_limit contradicts an earlier one of ${entry.id}`);
    } else if (differ(entry.limits.maxConcurrent ?? undefined, other.limits.maxConcurrent ?? undefined)) {
      throw new KeysFileError(`${where}.max_concurrent contradicts an earlier one of ${entry.id}`);
    }
  }
}

/** An entry that says nothing contradicts nothing. */
function differ(one: unknown, other: unknown): boolean {
  return one !== undefined && other !== undefined && JSON.stringify(one) !== JSON.stringify(other);
}
