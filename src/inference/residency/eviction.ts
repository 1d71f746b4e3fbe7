/** What eviction has to know about a loaded model. */
export interface EvictionCandidate {
  readonly model: string;
  readonly bytes: number;
  readonly idle: boolean;
  readonly pinned: boolean;
  /** Milliseconds on a monotonic clock. */
  readonly lastUsed: number;
}

/**
 * Which idle, unpinned models to unload so that `bytesNeeded` become free, least recently used first.
 * Null when that cannot be had now; an empty list when nothing has to go.
 */
export function chooseVictims(
  candidates: readonly EvictionCandidate[],
  bytesNeeded: number,
): readonly EvictionCandidate[] | null {
  const victims: EvictionCandidate[] = [];
  let found = 0;
  const evictable = candidates.filter((candidate) => candidate.idle && !candidate.pinned);
  for (const candidate of evictable.sort((a, b) => a.lastUsed - b.lastUsed)) {
    if (found >= bytesNeeded) break;
    victims.push(candidate);
    found += candidate.bytes;
  }
  return found >= bytesNeeded ? victims : null;
}
