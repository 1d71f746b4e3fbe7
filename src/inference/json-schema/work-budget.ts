/** Units that one request may spend; one is about a microsecond of work. */
const MAX_WORK = 1_000_000;

/** The work allowed for the grammar of one request is used up. */
export class WorkExceededError extends Error {
  override readonly name = 'WorkExceededError';
}

/**
 * Counts the work of compiling the schemas of one request, by its cost. The same schema is refused on every machine,
 * however busy it is.
 */
export class WorkBudget {
  private spent = 0;

  constructor(private readonly limit = MAX_WORK) {}

  /** Throws {@link WorkExceededError} once the budget is used up. */
  spend(units: number): void {
    this.spent += units;
    if (this.spent > this.limit) throw new WorkExceededError('too much work');
  }

  /** Work on a text: building, comparing and hashing it. */
  spendOnText(length: number): void {
    this.spend(1 + length / 100);
  }
}
