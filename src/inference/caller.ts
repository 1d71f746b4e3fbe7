import type { Priority } from './admission/model-queue.js';

/** On whose behalf work is done; never holds the key itself. */
export interface Caller {
  /** Name of the API key, or `anonymous`. Histories and KV caches never cross it. */
  readonly keyId: string;
  /** The dialect that asked: a label of metrics and logs. */
  readonly dialect: string;
  readonly priority: Priority;
}
