import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InitError } from '../engine.js';

const WINDOW_BYTES = 1024 ** 2;
/** Characters of a file's own names that are shown to clients. */
const SHOWN_NAME = 64;

/** Refusal of a file; `fault` goes on with "its file …". */
export function unsoundFile(fault: string): InitError {
  return new InitError('invalid-file', `its file ${fault}`);
}

/** A name out of a file, fit for a message. */
export function shownName(name: string): string {
  const printable = name.replace(/[^\x20-\x7e]+|[/\\"]+/g, '?');
  return printable.length > SHOWN_NAME ? `"${printable.slice(0, SHOWN_NAME)}…"` : `"${printable}"`;
}

/** Reads a little-endian file from its beginning, through one window. Throws {@link InitError} beyond its end. */
export class GgufReader {
  readonly size: number;
  offset = 0;
  /** Part of the file that is being read, for refusals. */
  section = 'header';
  private readonly descriptor: number;
  private readonly window = Buffer.alloc(WINDOW_BYTES);
  private windowStart = 0;
  private windowBytes = 0;

  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  get left(): number {
    return this.size - this.offset;
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  /** Exact up to 2^53; a larger number is larger than any file. */
  u64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  /** @param what Subject of the refusal of a text that is longer than `most` bytes, or than the file. */
  text(what: () => string, most: number): string {
    const length = this.u64();
    if (length > this.left) throw unsoundFile(`says ${String(length)} bytes for ${what()}, which it cannot hold`);
    if (length > most) throw unsoundFile(`has ${what()} of ${String(length)} bytes`);
    return this.take(length).toString('utf8');
  }

  skip(bytes: number): void {
    if (bytes > this.left) throw this.truncated();
    this.offset += bytes;
  }

  /** At most {@link WINDOW_BYTES}. */
  take(bytes: number): Buffer {
    if (bytes > this.left) throw this.truncated();
    const start = this.offset - this.windowStart;
    this.offset += bytes;
    if (start >= 0 && start + bytes <= this.windowBytes) return this.window.subarray(start, start + bytes);
    this.windowStart = this.offset - bytes;
    this.windowBytes = readSync(this.descriptor, this.window, 0, WINDOW_BYTES, this.windowStart);
    if (this.windowBytes < bytes) throw this.truncated();
    return this.window.subarray(0, bytes);
  }

  private truncated(): InitError {
    return unsoundFile(`ends after ${String(this.size)} bytes, within its ${this.section}`);
  }
}
