import type { SoakClient, WireRequest } from './client.js';

/** One kind of work that a client asks for. */
export interface Modality {
  readonly name: string;
  /** A request that a client sends and may leave; `n` differs each time. */
  readonly request: (n: number) => WireRequest;
  /** The same work of a client that stays to the end; without it, the request must have 200. */
  readonly polite?: (client: SoakClient, n: number) => Promise<void>;
}
