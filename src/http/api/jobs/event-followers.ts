import { ParleyError } from '../../../inference/errors.js';

/** Event streams that one API key may have open: each polls the store now and then, and holds a connection. */
export const MAX_FOLLOWERS = 64;
/** Streams end with their jobs; nothing tells when the next one does. */
const RETRY_AFTER_SECONDS = 5;

/** Open event streams of jobs, by API key. */
export class EventFollowers {
  private readonly open = new Map<string, number>();

  /** Counts a stream in. Throws `overloaded` for one too many. @returns what counts it out again, to be called once. */
  enter(keyId: string): () => void {
    const open = this.open.get(keyId) ?? 0;
    if (open >= MAX_FOLLOWERS) {
      throw new ParleyError(
        'overloaded',
        `This API key follows ${String(open)} jobs already: close an event stream, or ask for GET /jobs/{id}.`,
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    }
    this.open.set(keyId, open + 1);
    return () => this.leave(keyId);
  }

  private leave(keyId: string): void {
    const open = (this.open.get(keyId) ?? 1) - 1;
    if (open === 0) this.open.delete(keyId);
    else this.open.set(keyId, open);
  }
}
