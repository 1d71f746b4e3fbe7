import { open } from 'node:fs/promises';
import { InitError } from '../engine.js';

/** Magic, version, number of tensors, number of entries. */
const HEADER_BYTES = 24;
/** A name's length, its number of dimensions, one dimension, its type, its offset. */
const LEAST_TENSOR_BYTES = 32n;
/** A name's length, a type, the smallest value. */
const LEAST_ENTRY_BYTES = 13n;

/**
 * Throws {@link InitError} for a GGUF file that promises more tensors and entries than it has room for: a reader would
 * go looking for all of them. What is no GGUF file, or one of another byte order, is left to the reader.
 */
export async function checkHeader(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
    const version = header.readUInt32LE(4);
    if (bytesRead < HEADER_BYTES || header.toString('latin1', 0, 4) !== 'GGUF' || version < 2 || version > 0xffff)
      return;
    const least = header.readBigUInt64LE(8) * LEAST_TENSOR_BYTES + header.readBigUInt64LE(16) * LEAST_ENTRY_BYTES;
    const { size } = await file.stat();
    if (least > BigInt(size)) throw new InitError('invalid-file', 'its header promises more than its file holds');
  } finally {
    await file.close();
  }
}
