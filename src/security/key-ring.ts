import { createHash, timingSafeEqual } from 'node:crypto';

interface StoredKey {
  readonly digest: Buffer;
  /** Names the key in metrics, histories and caches without telling it. */
  readonly id: string;
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The accepted API keys, kept as digests and compared in constant time. */
export class KeyRing {
  private readonly keys: readonly StoredKey[];

  constructor(keys: readonly string[]) {
    this.keys = keys.map((key) => {
      const digest = digestOf(key);
      return { digest, id: `key-${digest.toString('hex').slice(0, 12)}` };
    });
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
}
