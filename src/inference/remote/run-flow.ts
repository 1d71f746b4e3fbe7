import type { FlowControl } from '../runners/run-stream.js';

/** How one run is steered from outside: ended, and held up while its reader is slow. */
export class RunFlow implements FlowControl {
  private readonly controller = new AbortController();
  private held: { readonly promise: Promise<void>; readonly release: () => void } | null = null;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get paused(): boolean {
    return this.held !== null;
  }

  pause(): void {
    this.held ??= gate();
  }

  resume(): void {
    this.held?.release();
    this.held = null;
  }

  abort(): void {
    this.controller.abort();
    this.resume();
  }

  /** Resolves as soon as the run is not held up. */
  async goOn(): Promise<void> {
    await this.held?.promise;
  }
}

function gate(): { readonly promise: Promise<void>; readonly release: () => void } {
  let release = (): void => undefined;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}
