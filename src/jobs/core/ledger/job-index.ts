import type { JobState as BullState } from 'bullmq';
import type { JobKind } from '../../kinds/kinds.js';

/** A place in the list of a key's jobs, the newest first. */
export interface IndexCursor {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface IndexEntry extends IndexCursor {
  readonly state: BullState;
}

/** Jobs to list; null: all. */
export interface IndexFilter {
  readonly kind: JobKind | null;
  readonly states: readonly BullState[] | null;
}

export interface IndexPage {
  readonly entries: readonly IndexEntry[];
  /** Cursor of the next page; null after the last. */
  readonly next: IndexCursor | null;
}

/** The jobs of each API key, so that listing them costs nothing for the jobs of others, and places in the queues. */
export abstract class JobIndex {
  /** Enters jobs that are about to be added; those that are not in the end drop out by themselves. */
  abstract add(keyId: string, ids: readonly string[], createdAt: number): Promise<void>;

  /** Returns up to `limit` jobs of a key, the newest first. A page may be short, and another one follow. */
  abstract page(keyId: string, filter: IndexFilter, after: IndexCursor | null, limit: number): Promise<IndexPage>;

  /** Places of waiting jobs in the queue of their kind, from 1. */
  abstract positions(kind: JobKind, ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
