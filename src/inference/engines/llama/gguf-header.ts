import { readEntries, type GgufEntries } from './gguf-metadata.js';
import { GgufReader, shownName, unsoundFile } from './gguf-reader.js';
import { checkTensors } from './gguf-tensors.js';

/** Magic, version, number of tensors, number of entries. */
const HEADER_BYTES = 24;
/** A name's length, its number of dimensions, its type, its offset. */
const LEAST_TENSOR_BYTES = 24;
/** A name's length, a type, the smallest value. */
const LEAST_ENTRY_BYTES = 13;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 2 ** 20;
const VERSIONS = new Set([2, 3]);

/** Entries that every model has, and what they must be. */
const REQUIRED: Readonly<Record<string, 'text' | 'texts'>> = {
  'general.architecture': 'text',
  'tokenizer.ggml.model': 'text',
  'tokenizer.ggml.tokens': 'texts',
};

/**
 * Reads a GGUF file's header as far as its tensors' data, in one pass, and throws `InitError` that names what is wrong
 * with it: libraries would go looking for what it promises, and tell of it in their own words.
 */
export function checkHeader(path: string): void {
  const reader = new GgufReader(path);
  try {
    check(reader);
  } finally {
    reader.close();
  }
}

function check(reader: GgufReader): void {
  if (reader.size === 0) throw unsoundFile('is empty');
  if (reader.size < 4 || reader.take(4).toString('latin1') !== 'GGUF') throw unsoundFile('is no GGUF file');
  if (reader.size < HEADER_BYTES) {
    throw unsoundFile(`ends after ${String(reader.size)} of the ${String(HEADER_BYTES)} bytes of its header`);
  }
  const version = reader.u32();
  if (!VERSIONS.has(version)) {
    const swapped = VERSIONS.has(version / 2 ** 24);
    throw unsoundFile(swapped ? 'is of the other byte order' : `is of GGUF version ${String(version)}, not 2 or 3`);
  }
  const tensors = reader.u64();
  const entries = reader.u64();
  if (tensors * LEAST_TENSOR_BYTES > reader.size) {
    throw unsoundFile(`says ${String(tensors)} tensors in its header, which it cannot hold`);
  }
  if (entries * LEAST_ENTRY_BYTES > reader.size) {
    throw unsoundFile(`says ${String(entries)} metadata entries in its header, which it cannot hold`);
  }
  const metadata = readEntries(reader, entries);
  checkRequired(metadata);
  checkTensors(reader, tensors, alignmentOf(metadata));
  if (tensors === 0) throw unsoundFile('has no tensors');
}

function checkRequired(metadata: GgufEntries): void {
  for (const [key, type] of Object.entries(REQUIRED)) {
    const entry = metadata.get(key);
    if (entry === undefined) throw unsoundFile(`has no metadata entry ${shownName(key)}`);
    if (entry.type !== type || entry.value === '' || entry.length === 0) {
      const what = type === 'text' ? 'a text' : 'a list of texts';
      throw unsoundFile(`has a metadata entry ${shownName(key)} that is not ${what}`);
    }
  }
  const architecture = String(metadata.get('general.architecture')?.value);
  for (const part of ['context_length', 'embedding_length', 'block_count']) {
    const key = `${architecture}.${part}`;
    const entry = metadata.get(key);
    if (entry === undefined) throw unsoundFile(`has no metadata entry ${shownName(key)}`);
    const { value } = entry;
    const sound = typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31;
    if (!sound) throw unsoundFile(`has a metadata entry ${shownName(key)} that is not a whole number above 0`);
  }
}

function alignmentOf(metadata: GgufEntries): number {
  const alignment = metadata.get('general.alignment')?.value ?? DEFAULT_ALIGNMENT;
  const sound =
    typeof alignment === 'number' &&
    alignment > 0 &&
    alignment <= MAX_ALIGNMENT &&
    Number.isInteger(Math.log2(alignment));
  if (!sound) throw unsoundFile('has a "general.alignment" that is no power of two');
  return alignment;
}
