import { createHash, timingSafeEqual } from 'node:crypto';
import type { RateLimit } from '../../config/parsers.js';

/** What one key may ask for. */
export interface KeyLimits {
  /** Undefined: RATE_LIMIT; null: none. */
  readonly rate: RateLimit | null | undefined;
  /** Requests at a time, in one process; null: any number. */
  readonly maxConcurrent: number | null;
}

export interface KeyEntry {
  /** Two keys of one name are one caller: so a key is changed. */
  readonly id: string;
  readonly digest: Buffer;
  readonly limits: KeyLimits;
}

const NO_LIMITS: KeyLimits = { rate: undefined, maxConcurrent: null };

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** What a key without a name is called in metrics, histories and caches: it does not tell the key. */
export function idOf(digest: Buffer): string {
  return `key-${digest.toString('hex').slice(0, 12)}`;
}

/** A key that has no limits of its own. */
export function plainKey(key: string, name: string | null = null): KeyEntry {
  const digest = digestOf(key);
  return { id: name ?? idOf(digest), digest, limits: NO_LIMITS };
}

/** The accepted API keys, kept as digests and compared in constant time. */
export class KeyRing {
  private readonly keys: readonly KeyEntry[];
  private readonly limits: ReadonlyMap<string, KeyLimits>;

  /** A text is a key without a name. Where two keys are one caller, both have the limits that either was given. */
  constructor(keys: readonly (string | KeyEntry)[]) {
    this.keys = keys.map((key) => (typeof key === 'string' ? plainKey(key) : key));
    const limits = new Map<string, KeyLimits>();
    for (const key of this.keys) limits.set(key.id, both(limits.get(key.id) ?? NO_LIMITS, key.limits));
    this.limits = limits;
  }

  get empty(): boolean {
    return this.keys.length === 0;
  }

  /** The id of a known key, else null. Looks at every key, whichever matches. */
  identify(presented: string): string | null {
    const digest = digestOf(presented);
    let found: string | null = null;
    for (const key of this.keys) if (timingSafeEqual(key.digest, digest)) found = key.id;
    return found;
  }

  limitsOf(id: string): KeyLimits {
    return this.limits.get(id) ?? NO_LIMITS;
  }
}

function both(one: KeyLimits, other: KeyLimits): KeyLimits {
  return {
    rate: other.rate === undefined ? one.rate : other.rate,
    maxConcurrent: other.maxConcurrent ?? one.maxConcurrent,
  };
}
