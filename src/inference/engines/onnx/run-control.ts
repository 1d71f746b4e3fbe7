import { AdmissionQueue } from '../../admission/admission-queue.js';
import { Preparation } from '../text/preparation/preparations.js';

/** Ends a run that nobody waits for any more; no error of the model. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted';
}

/** The batches of a model's runs: one at a time, keys in turn. Runs are bounded by the model's slots, so batches are, too. */
export function createBatchQueue(): AdmissionQueue {
  const queue = new AdmissionQueue(Infinity);
  queue.setCapacity(1);
  return queue;
}

/** What the parent wants of one run while it goes on. */
export class RunControl {
  aborted = false;
  /** For the part of the run that reads the prompt. */
  readonly preparation: Preparation;
  private paused = false;
  private wake: (() => void) | undefined;

  /**
   * @param keyId API key whose share of the worker thread, and of the batches, the run takes.
   * @param batches Shared by the runs of a model; see {@link inBatchTurn}.
   */
  constructor(
    private readonly keyId = '',
    private readonly batches = createBatchQueue(),
  ) {
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

  /** Runs one batch once it is this key's turn, one batch of all runs at a time. Throws once aborted. */
  async inBatchTurn<T>(batch: () => Promise<T>): Promise<T> {
    await this.turn();
    return this.batches.run({ keyId: this.keyId, priority: 'interactive' }, this.preparation.signal, batch);
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
