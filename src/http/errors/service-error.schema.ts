export class RootError {
  /**
   * What went wrong, and what to do
   * @example "There is no such route."
   */
  detail!: string;

  /**
   * The same, as `rkllama` spells it; only where it could have been meant
   * @example "There is no such route."
   */
  error?: string;
}
