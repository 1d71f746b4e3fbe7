import type { InitFailure } from './protocol.js';

/** Why a runner could not load its model. `message` is fit for clients. */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure';

  constructor(
    readonly failure: InitFailure,
    message: string,
    /** The end of what the runner wrote, for the log alone. */
    readonly stderr = '',
  ) {
    super(message);
  }
}
