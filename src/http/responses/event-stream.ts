import { Readable } from 'node:stream';

/** A comment: what reads server-sent events passes over it, and what lies between sees that the stream is alive. */
const PING = ': ping\n\n';

export interface Pings {
  /** Seconds without an event after which one is sent; 0: never. */
  readonly seconds: number;
  /** Whether the stream begins with one, so that its head is sent. */
  readonly first: boolean;
}

/**
 * A response body made of server-sent events, whole ones in each piece, with pings while none comes. As with
 * `Readable.from` the next piece is asked for when the last one has left, and a reader that leaves ends the iterator.
 */
export class EventStream extends Readable {
  private readonly pieces: AsyncIterator<string, unknown>;
  private readonly pinging: NodeJS.Timeout | undefined;
  private pulling = false;

  constructor(pieces: AsyncIterable<string>, { seconds, first }: Pings, highWaterMark: number) {
    super({ highWaterMark });
    this.pieces = pieces[Symbol.asyncIterator]();
    if (first) this.push(PING);
    if (seconds > 0) this.pinging = setInterval(() => this.ping(), seconds * 1000);
  }

  override _read(): void {
    if (this.pulling) return;
    this.pulling = true;
    void this.pull();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.pinging);
    // Not waited for: a generator that waits for a model ends when the request's signal aborts.
    this.pieces.return?.().catch(() => undefined);
    callback(error);
  }

  private async pull(): Promise<void> {
    try {
      for (;;) {
        const step = await this.pieces.next();
        if (this.destroyed) return;
        if (step.done === true) {
          clearInterval(this.pinging);
          this.push(null);
          return;
        }
        this.pinging?.refresh();
        if (!this.push(step.value)) break;
      }
      this.pulling = false;
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Not while bytes wait for a slow reader: what it lacks is not a sign of life. */
  private ping(): void {
    if (this.readableLength === 0) this.push(PING);
  }
}
