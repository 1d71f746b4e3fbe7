import type { ModelResponse, Thread } from './model-response.js';
import type { Item } from './response-items.js';

/** Whose response. API keys never see each other's. */
export interface ResponseKey {
  readonly keyId: string;
  readonly id: string;
}

/**
 * Where responses are kept until RESPONSES_TTL is over; they outlive a restart. Every method throws `overloaded` while
 * the store is out of reach. Implementations are in `state/`; one contract test runs against each.
 */
export abstract class ResponseStore {
  /** Opens the store, so that nothing is computed that could not be kept. */
  abstract open(): Promise<void>;
  abstract keep(keyId: string, thread: Thread): Promise<void>;
  /** Null when there is none, or no longer. */
  abstract response(key: ResponseKey): Promise<ModelResponse | null>;
  /** What the response was made from; null when there is none, or no longer. */
  abstract input(key: ResponseKey): Promise<readonly Item[] | null>;
  /** Both together; null when there is none, or no longer. */
  abstract thread(key: ResponseKey): Promise<Thread | null>;
  /** False when there was none. Responses that follow it keep their conversation. */
  abstract remove(key: ResponseKey): Promise<boolean>;
}
