import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The slowest line that is waited for: 128 kbit/s. */
const BYTES_PER_SECOND = 16 * 1024;
const CHECK_EVERY_MS = 1000;

interface Arriving {
  readonly request: IncomingMessage;
  /** `socket.bytesRead` when the headers had come. */
  readonly bytesBefore: number;
  /** Milliseconds of the monotonic clock; moved on while the service itself is what is slow. */
  since: number;
}

/**
 * Ends connections whose bodies drip. Node's own limit is for a whole request, and has to leave time for large files on
 * slow lines; this one asks for progress.
 */
export class SlowBodies {
  private readonly arriving = new Set<Arriving>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    /** Seconds that any body may take. */
    private readonly graceSeconds: number,
    private readonly refuse: (socket: Socket) => void,
  ) {}

  watch(request: IncomingMessage): void {
    if (!hasBody(request)) return;
    const arriving = { request, bytesBefore: request.socket.bytesRead, since: performance.now() };
    this.arriving.add(arriving);
    request.once('close', () => this.arriving.delete(arriving));
    this.timer ??= setInterval(() => this.check(), CHECK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private check(): void {
    const now = performance.now();
    for (const one of this.arriving) {
      const { request, bytesBefore } = one;
      if (request.complete || request.socket.destroyed) this.arriving.delete(one);
      // Enough has come that nobody has read yet.
      else if (request.readableLength >= request.readableHighWaterMark) one.since += CHECK_EVERY_MS;
      else {
        const allowedSeconds = this.graceSeconds + (request.socket.bytesRead - bytesBefore) / BYTES_PER_SECOND;
        if (now - one.since <= allowedSeconds * 1000) continue;
        this.arriving.delete(one);
        this.refuse(request.socket);
      }
    }
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
