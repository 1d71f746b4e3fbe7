import type { ChildProcess } from 'node:child_process';
import { StderrTail } from './stderr-tail.js';

/** What is passed on of one child in a second; llama.cpp's longest load writes less. */
const BYTES_A_SECOND = 64 * 1024;
const WINDOW_MS = 1000;
/** Of one chunk, what may still be among the last words. */
const KEPT_OF_CHUNK = 8 * 1024;

/**
 * Reads what a child writes to stdout and stderr: all of it, or the child would stop at a full pipe. Its end is kept, and
 * the beginning of each second is passed on, so that a child that spews fills neither the memory nor the log.
 */
export class ChildOutput {
  private readonly stdout = new StderrTail();
  private readonly stderr = new StderrTail();
  private windowEnds = 0;
  private room = 0;
  private leftOut = 0;

  constructor(
    child: Pick<ChildProcess, 'stdout' | 'stderr'>,
    private readonly passOn: (text: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    child.stdout?.on('data', (data: Buffer) => this.take(data, this.stdout));
    child.stderr?.on('data', (data: Buffer) => this.take(data, this.stderr));
  }

  /** All that was kept, for the log. */
  get all(): string {
    return [this.stdout.all, this.stderr.all].filter((text) => text !== '').join('\n');
  }

  /** The last line that looks like an error, fit for a client. */
  get lastError(): string | null {
    return this.stderr.lastError ?? this.stdout.lastError;
  }

  private take(data: Buffer, tail: StderrTail): void {
    tail.push(data.toString('utf8', Math.max(0, data.length - KEPT_OF_CHUNK)));
    this.openWindow();
    const told = data.subarray(0, this.room);
    this.room -= told.length;
    this.leftOut += data.length - told.length;
    if (told.length > 0) this.passOn(told.toString('utf8'));
  }

  private openWindow(): void {
    const now = this.now();
    if (now < this.windowEnds) return;
    this.windowEnds = now + WINDOW_MS;
    this.room = BYTES_A_SECOND;
    if (this.leftOut > 0) this.passOn(`[${String(this.leftOut)} bytes left out]\n`);
    this.leftOut = 0;
  }
}
