import { createHash } from 'node:crypto';

/**
 * What a record is called in the store. The parts come from clients and may hold anything, of any length: as the hash
 * of their JSON they fit an index, no two lists of parts meet, and nobody reads a session's name in the store.
 */
export function recordId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
