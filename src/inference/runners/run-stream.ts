import type { ParleyError } from '../errors.js';
import type { Chunk } from '../tasks.js';

/** Chunks kept for a slow reader before its run is paused, and below which it goes on. */
const PAUSE_AT = 256;
const RESUME_AT = 64;

export interface FlowControl {
  pause(): void;
  resume(): void;
}

/** The chunks of one run, pushed by the runner and pulled by one reader, with back-pressure between them. */
export class RunStream implements AsyncIterableIterator<Chunk> {
  private readonly buffer: Chunk[] = [];
  private end: { readonly error: ParleyError | null } | undefined;
  private wake: (() => void) | undefined;
  private paused = false;

  constructor(private readonly flow: FlowControl) {}

  push(chunk: Chunk): void {
    if (this.end !== undefined) return;
    this.buffer.push(chunk);
    if (!this.paused && this.buffer.length >= PAUSE_AT) {
      this.paused = true;
      this.flow.pause();
    }
    this.wake?.();
  }

  /** Ends the stream, after what is buffered; the first end counts. */
  close(error: ParleyError | null): void {
    this.end ??= { error };
    this.wake?.();
  }

  async next(): Promise<IteratorResult<Chunk, undefined>> {
    for (;;) {
      const chunk = this.buffer.shift();
      if (chunk !== undefined) {
        if (this.paused && this.buffer.length <= RESUME_AT) {
          this.paused = false;
          this.flow.resume();
        }
        return { done: false, value: chunk };
      }
      if (this.end !== undefined) {
        if (this.end.error !== null) throw this.end.error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = undefined;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
