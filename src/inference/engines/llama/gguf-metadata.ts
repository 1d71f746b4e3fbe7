import { shownName, unsoundFile, type GgufReader } from './gguf-reader.js';

const STRING = 8;
const ARRAY = 9;
/** Bytes of a value by its type; 0 for types whose length precedes them. */
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8] as const;
/** The names are paths in an object; these would be its own parts. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);
/** As in the format's description. */
const MAX_KEY_BYTES = 65_535;
/** Entries of a list of texts: more than any vocabulary and its merges. */
const MAX_TEXTS = 2 ** 24;
const MAX_TEXT_BYTES = 1024 ** 2;

/** Metadata of a file: types of all entries, and the values of short texts and numbers. */
export type GgufEntries = ReadonlyMap<string, GgufEntry>;

export interface GgufEntry {
  readonly type: 'text' | 'number' | 'texts' | 'numbers';
  readonly value?: string | number;
  readonly length?: number;
}

/** Reads all entries. Throws `InitError` that names what is wrong. */
export function readEntries(reader: GgufReader, count: number): GgufEntries {
  const entries = new Map<string, GgufEntry>();
  reader.section = 'metadata';
  for (let index = 0; index < count; index++) {
    const key = reader.text(() => `the name of metadata entry ${String(index)}`, MAX_KEY_BYTES);
    if (key.split('.').some((part) => part === '' || RESERVED.has(part))) {
      throw unsoundFile(`has a metadata entry with the name ${shownName(key)}, which is none`);
    }
    if (entries.has(key)) throw unsoundFile(`has the metadata entry ${shownName(key)} twice`);
    entries.set(key, readEntry(reader, key));
  }
  for (const key of entries.keys()) {
    const parent = key.slice(0, key.lastIndexOf('.'));
    if (key.includes('.') && entries.has(parent) && !MAY_HAVE_PARTS.has(parent)) {
      throw unsoundFile(`has metadata entries ${shownName(parent)} and ${shownName(key)}, of which one must go`);
    }
  }
  return entries;
}

/** Entries with a value beside entries below them, in files that are in use. */
const MAY_HAVE_PARTS = new Set(['tokenizer.chat_template']);

function readEntry(reader: GgufReader, key: string): GgufEntry {
  const type = reader.u32();
  const place = (): string => `the metadata entry ${shownName(key)}`;
  if (type === STRING) return { type: 'text', value: readText(reader, place) };
  if (type !== ARRAY) return { type: 'number', value: readNumber(reader, valueBytes(type, place()), type) };
  const elements = reader.u32();
  const length = reader.u64();
  if (elements === ARRAY) throw unsoundFile(`has a list of lists in ${place()}`);
  const least = elements === STRING ? 8 : valueBytes(elements, place());
  if (length * least > reader.left || (elements === STRING && length > MAX_TEXTS)) {
    throw unsoundFile(`says ${String(length)} values for ${place()}, which it cannot hold`);
  }
  if (elements !== STRING) {
    reader.skip(length * least);
    return { type: 'numbers', length };
  }
  for (let index = 0; index < length; index++) skipText(reader, place);
  return { type: 'texts', length };
}

function valueBytes(type: number, place: string): number {
  const bytes = VALUE_BYTES[type];
  if (bytes === undefined || bytes === 0) throw unsoundFile(`has the type ${String(type)} in ${place}, which is none`);
  return bytes;
}

function readText(reader: GgufReader, place: () => string): string {
  const at = reader.offset;
  const length = reader.u64();
  if (length > MAX_TEXT_BYTES && length <= reader.left) {
    reader.skip(length);
    return '';
  }
  reader.offset = at;
  return reader.text(place, MAX_TEXT_BYTES);
}

function skipText(reader: GgufReader, place: () => string): void {
  const length = reader.u64();
  if (length > reader.left)
    throw unsoundFile(`says ${String(length)} bytes for a text of ${place()}, which it cannot hold`);
  reader.skip(length);
}

/** Signed and fractional numbers as they are. */
function readNumber(reader: GgufReader, bytes: number, type: number): number {
  const raw = reader.take(bytes);
  switch (type) {
    case 1:
      return raw.readInt8();
    case 3:
      return raw.readInt16LE();
    case 5:
      return raw.readInt32LE();
    case 6:
      return raw.readFloatLE();
    case 11:
      return Number(raw.readBigInt64LE());
    case 12:
      return raw.readDoubleLE();
    default:
      return bytes === 8 ? Number(raw.readBigUInt64LE()) : raw.readUIntLE(0, bytes);
  }
}
