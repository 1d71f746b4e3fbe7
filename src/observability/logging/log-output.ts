import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DestinationStream } from 'pino';

/** What may wait for whoever reads stdout. Lines beyond are dropped: neither requests nor memory pay for a slow reader. */
const MAX_WAITING_BYTES = 4 * 1024 ** 2;
const RETRY_MS = 20;
/** How long the end of the process waits for the reader. */
const LAST_LINES_MS = 1000;

/**
 * Stdout, for lines. A reader that is slow holds nothing up, and one that has gone ends the log and nothing else. Pino's own
 * stream would either block the event loop with the pipe, or lose lines at the end of the process.
 */
export class LogOutput implements DestinationStream {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private dropped = 0;
  private retrying = false;
  private gone = false;
  private onDropped: ((lines: number) => void) | null = null;

  constructor(private readonly fd = 1) {
    // It is also what makes a pipe one that does not block. The ready line is written through it.
    process.stdout.on('error', () => undefined);
    process.once('exit', () => this.writeLast());
  }

  /** Calls back with the number of lines that were dropped, once others leave again. */
  tellDropped(tell: (lines: number) => void): void {
    this.onDropped = tell;
  }

  write(line: string): void {
    if (this.gone) return;
    if (this.waitingBytes > MAX_WAITING_BYTES) {
      this.dropped++;
      return;
    }
    const bytes = Buffer.from(line);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (!this.retrying && !this.writeWaiting()) void this.retry();
  }

  private async retry(): Promise<void> {
    this.retrying = true;
    do await delay(RETRY_MS, undefined, { ref: false });
    while (!this.writeWaiting());
    this.retrying = false;
    const lines = this.dropped;
    this.dropped = 0;
    if (lines > 0) this.onDropped?.(lines);
  }

  /** @returns whether nothing waits any more. */
  private writeWaiting(): boolean {
    try {
      while (this.waitingBytes > 0) {
        const bytes = Buffer.concat(this.waiting);
        this.waiting = [bytes];
        const written = writeSync(this.fd, bytes);
        this.waiting = written === bytes.length ? [] : [bytes.subarray(written)];
        this.waitingBytes -= written;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      this.gone = true;
      this.waiting = [];
      this.waitingBytes = 0;
    }
    return true;
  }

  private writeLast(): void {
    const giveUpAt = performance.now() + LAST_LINES_MS;
    while (!this.writeWaiting() && performance.now() < giveUpAt) pause(RETRY_MS);
  }
}

/** Blocks: for the end of the process, which has no event loop any more. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
