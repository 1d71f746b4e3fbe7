import { PassThrough } from 'node:stream';
import type { Dispatcher } from 'undici';
import { EgressTooLargeError, toEgressError } from './egress-errors.js';

/** Bytes that may have arrived and not been read yet. */
const READ_AHEAD_BYTES = 256 * 1024;

/**
 * The body of an answer. What arrived before the connection broke is read before the error comes: the HTTP client
 * would throw it away, and a download over a line that breaks often would get nowhere.
 */
export class ResponseBody {
  private readonly arrived = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
  private failure: unknown = null;

  constructor(
    private readonly source: Dispatcher.ResponseData['body'],
    private readonly maxBytes: number,
    private readonly signal: AbortSignal,
  ) {
    source.on('error', (error) => {
      this.failure = error;
      this.arrived.end();
    });
    source.pipe(this.arrived);
  }

  /** To be called once. Ends the transfer when its reader leaves early. */
  async *read(): AsyncGenerator<Uint8Array> {
    let total = 0;
    try {
      for await (const chunk of this.arrived as AsyncIterable<Uint8Array>) {
        this.signal.throwIfAborted();
        total += chunk.byteLength;
        if (total > this.maxBytes) throw new EgressTooLargeError(this.maxBytes);
        yield chunk;
      }
    } finally {
      this.discard();
    }
    this.signal.throwIfAborted();
    if (this.failure !== null) throw toEgressError(this.failure);
  }

  discard(): void {
    this.source.destroy();
  }
}
