import type { UpstreamTimeouts } from '../catalogue/remote-source.js';

/** Waits for an answer as long as its server may take, and then aborts {@link signal} with a {@link TookTooLong}. */
export class Patience {
  readonly signal: AbortSignal;
  private readonly late = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private lastLook: NodeJS.Immediate | undefined;

  constructor(
    private readonly timeouts: UpstreamTimeouts,
    given: AbortSignal,
  ) {
    this.signal = AbortSignal.any([given, this.late.signal]);
    this.wait(timeouts.firstByte, 'did not begin to answer');
  }

  /** Why it ended the answer; null while it did not. */
  get exhausted(): TookTooLong | null {
    return this.late.signal.aborted ? (this.late.signal.reason as TookTooLong) : null;
  }

  /** A byte came, or the reader that held it up goes on. */
  heard(): void {
    this.wait(this.timeouts.idle, 'stopped sending');
  }

  /** The reader is slow: the server may wait for it as long as it takes. */
  hold(): void {
    clearTimeout(this.timer);
    clearImmediate(this.lastLook);
  }

  private wait(milliseconds: number, what: string): void {
    this.hold();
    const giveUp = (): void => this.late.abort(new TookTooLong(what, milliseconds));
    // When this process was busy itself, bytes may lie there that nobody has looked at yet.
    this.timer = setTimeout(() => (this.lastLook = setImmediate(giveUp)), milliseconds);
  }
}

export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';

  /** `what` continues a sentence that begins with the server. */
  constructor(
    readonly what: string,
    readonly milliseconds: number,
  ) {
    super(`${what} within ${String(milliseconds / 1000)} s`);
  }
}
