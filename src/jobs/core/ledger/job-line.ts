import type { JobKind } from '../../kinds/kinds.js';

/** Of two bands the first one is served first. */
export type Band = 'interactive' | 'detached';

/**
 * BullMQ's priorities, up to 2^21 - 1, as turns: lower ones are served first. Below 11 are the two priorities of versions
 * without turns.
 */
export const BANDS: Readonly<Record<Band, { readonly first: number; readonly last: number }>> = {
  interactive: { first: 11, last: 2 ** 20 - 1 },
  detached: { first: 2 ** 20, last: 2 ** 21 - 1 },
};

/** The priority that versions without turns gave to detached jobs. */
export const LEGACY_DETACHED_PRIORITY = 10;

/** A key may have this many times as many waiting jobs as places are free: so there is always room for a key that comes later. */
export const PLACES_PER_FREE_PLACE = 3;

export interface JobPlaces {
  readonly kind: JobKind;
  readonly keyId: string;
  readonly band: Band;
  /** Of the jobs to add, which get a place each or none; empty: it is only asked whether there is one. */
  readonly ids: readonly string[];
  /** Jobs of this kind that may wait. */
  readonly maxWaiting: number;
  /** True where a key may hold no more than its share of them. */
  readonly shared: boolean;
}

export type Entry =
  | { readonly refused: null; readonly priorities: readonly number[] }
  | {
      readonly refused: 'full' | 'share';
      /** Jobs that wait, of all keys. */
      readonly waiting: number;
      /** Those of this key. */
      readonly own: number;
    };

/**
 * The places in a queue and the order in which its jobs are begun, for all processes. A job's turn is one after the last
 * one of its key, or the present one if that is later (start-time fair queueing): so keys take turns, however many jobs
 * each has, and a job that is tried again has the turn that it had.
 */
export abstract class JobLine {
  /** Takes places and turns for jobs that are about to be added, in one step. */
  abstract enter(places: JobPlaces): Promise<Entry>;

  /** Notes that a job has ended. One of which it is not noted is found before anybody is refused. */
  abstract ended(kind: JobKind, id: string): Promise<void>;

  /** Gives the place of a job back that was not added. */
  abstract leave(kind: JobKind, id: string): Promise<void>;

  /**
   * Takes a job that waits out of the line, as a worker would: it counts as active and has no lock. Returns false when
   * it does not wait. Should this process die now, BullMQ puts the job back.
   */
  abstract take(kind: JobKind, id: string): Promise<boolean>;
}
