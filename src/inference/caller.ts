import type { Priority } from './admission/party.js';
import type { RunRecorder } from './run-recorder.js';

/** On whose behalf work is done; never holds the key itself. */
export interface Caller {
  /** Name of the API key, or `anonymous`. Histories and KV caches never cross it. */
  readonly keyId: string;
  /** The dialect that asked: a label of metrics and logs. */
  readonly dialect: string;
  readonly priority: Priority;
  /** When its answer is of no use any more, in milliseconds of `performance.now()`; absent: never. */
  readonly deadline?: number | undefined;
  /** Who is told of what is computed for it; absent: nobody. */
  readonly recorder?: RunRecorder;
}
