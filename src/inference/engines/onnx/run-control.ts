import { Preparation } from '../text/preparation/preparations.js';

/** Ends a run that nobody waits for any more; no error of the model. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted';
}

/** What the parent wants of one run while it goes on. */
export class RunControl {
  aborted = false;
  /** For the part of the run that reads the prompt. */
  readonly preparation: Preparation;
  private paused = false;
  private wake: (() => void) | undefined;

  /** @param keyId API key whose share of the worker thread the run takes. */
  constructor(keyId = '') {
    this.preparation = new Preparation(keyId);
  }

  abort(): void {
    this.aborted = true;
    this.preparation.abort();
    this.wake?.();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake?.();
  }

  /** Asked before each step: waits while the run is paused. Throws {@link RunAborted}. */
  async turn(): Promise<void> {
    while (this.paused && !this.aborted) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.aborted) throw new RunAborted();
  }
}
